package io.isobar.speed;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is relied on of the note that there is a mark, wherever it is kept. */
interface MarkedOrdersContract {

	MarkedOrders marks();

	@Test
	default void whatIsNotedTwiceIsNoted() {
		marks().note();
		marks().note();

		assertThat(marks().isNoted()).isTrue();
	}

}
