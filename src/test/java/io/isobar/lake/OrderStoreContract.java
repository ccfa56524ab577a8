package io.isobar.lake;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import io.isobar.orders.Order;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is relied on of the table of orders, wherever it is kept. */
interface OrderStoreContract {

	StreamPart PART = new StreamPart("orders", 0, 1);

	StreamPart OTHER = new StreamPart("orders", 1, 1);

	OrderStore store();

	/** How many orders a version has of each offset of a part, by offset. */
	List<Long> offsets(long version, StreamPart part);

	@Test
	default void aPartHasNoPositionBeforeItsFirstMessage() {
		store().append(messages(PART, 0, 3), Map.of(PART, 3L), Map.of());

		assertThat(store().positions(List.of(PART, OTHER))).isEqualTo(Map.of(PART, 3L));
	}

	@Test
	default void whateverTheBordersOfBatchesEachMessageIsThereOnce() {
		assertThat(store().append(messages(PART, 0, 5), Map.of(PART, 5L), Map.of())).isEqualTo(5);
		assertThat(store().append(messages(PART, 3, 9), Map.of(PART, 9L), Map.of())).isEqualTo(4);
		assertThat(store().append(messages(PART, 0, 7), Map.of(PART, 7L), Map.of())).isZero();

		assertThat(offsets(store().version().orElseThrow(), PART))
			.containsExactlyElementsOf(LongStream.range(0, 9).boxed().toList());
		assertThat(store().positions(List.of(PART))).isEqualTo(Map.of(PART, 9L));
	}

	@Test
	default void aVersionHasTheMessagesUpToItsPositionsWhateverComesLater() {
		store().append(messages(PART, 0, 2), Map.of(PART, 2L), Map.of());
		long before = store().version().orElseThrow();
		store().append(messages(OTHER, 0, 4), Map.of(OTHER, 4L), Map.of());
		store().append(messages(PART, 2, 3), Map.of(PART, 5L), Map.of());

		assertThat(store().describe(before).positions()).isEqualTo(Map.of(PART.number(), 2L));
		assertThat(offsets(before, PART)).containsExactly(0L, 1L);
		assertThat(offsets(before, OTHER)).isEmpty();
		long after = store().version().orElseThrow();
		assertThat(after).isEqualTo(before + 2);
		assertThat(store().describe(after).positions()).isEqualTo(Map.of(PART.number(), 5L, OTHER.number(), 4L));
		assertThat(offsets(after, PART)).containsExactly(0L, 1L, 2L);
		assertThat(offsets(after, OTHER)).containsExactly(0L, 1L, 2L, 3L);
	}

	private static List<StreamedOrder> messages(StreamPart part, long from, long to) {
		return LongStream.range(from, to)
			.mapToObj((offset) -> new StreamedOrder(new Order("Ali", new BigDecimal("1.00")), part, offset,
					Instant.parse("2026-11-21T02:00:00Z")))
			.toList();
	}

}
