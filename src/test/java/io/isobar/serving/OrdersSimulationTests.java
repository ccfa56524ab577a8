package io.isobar.serving;

import io.isobar.simulation.Seeds;
import org.junit.jupiter.api.Test;

/**
 * Whatever fails between any two calls of stores, every answer counts each order once,
 * and has all that an earlier one had.
 */
class OrdersSimulationTests {

	@Test
	void everyAnswerCountsEachOrderOnceAndHasAllThatAnEarlierOneHad() {
		Seeds.run("orders", OrdersSimulation::new);
	}

}
