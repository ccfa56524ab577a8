package io.isobar.serving;

import io.isobar.simulation.Seeds;
import org.junit.jupiter.api.Test;

/**
 * Whatever fails between any two calls of stores, every day is answered by one layer, and
 * with all that it has.
 */
class DaysSimulationTests {

	@Test
	void everyDayOfEveryAnswerIsWhatOneLayerMakesOfAllItsReadings() {
		Seeds.run("days", DaysSimulation::new);
	}

}
