package io.isobar.speed;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is relied on of the notes about removed orders, wherever they are kept. */
interface RemovedOrdersContract {

	RemovedOrders removed();

	/** One that nobody has used before. */
	int newPartition();

	@Test
	default void whatIsNotedNeverGoesBackAndIsNotDoneYet() {
		int partition = newPartition();
		removed().note(partition, 10);
		removed().note(partition, 5);

		assertThat(removed().noted()).containsEntry(partition, 10L);
		assertThat(removed().done()).containsEntry(partition, -1L);
	}

	@Test
	default void whatIsDoneIsOfAPartitionThatWasNoted() {
		int partition = newPartition();
		removed().done(partition, 3);
		assertThat(removed().done()).doesNotContainKey(partition);

		removed().note(partition, 10);
		removed().done(partition, 4);
		removed().note(partition, 12);

		assertThat(removed().done()).containsEntry(partition, 4L);
		assertThat(removed().noted()).containsEntry(partition, 12L);
	}

}
