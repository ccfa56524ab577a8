package io.isobar.speed;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import io.isobar.orders.Order;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is relied on of the newest orders, wherever they are kept. */
interface OrderTablesContract {

	Instant NOW = Instant.parse("2026-11-21T02:00:00Z");

	OrderTables tables();

	/** One that nobody has used before. */
	int newPartition();

	@Test
	default void ordersAreReadBetweenTwoOffsetsInTheirOrder() {
		int partition = newPartition();
		tables().write(orders(partition, 15, 5, 10), Map.of(partition, 16L));

		assertThat(offsets(partition, 0, 100)).containsExactly(5L, 10L, 15L);
		assertThat(offsets(partition, 5, 15)).containsExactly(5L, 10L);
		assertThat(offsets(partition, 6, 10)).isEmpty();
	}

	@Test
	default void whatIsWrittenAgainIsThereOnceAndTheMarkNeverGoesBack() {
		int partition = newPartition();
		tables().write(orders(partition, 1, 2, 3), Map.of(partition, 4L));
		tables().write(orders(partition, 1, 2), Map.of(partition, 3L));

		assertThat(offsets(partition, 0, 100)).containsExactly(1L, 2L, 3L);
		assertThat(tables().written()).containsEntry(partition, 4L);
	}

	@Test
	default void aMarkIsWrittenOnlyWhereThatIsAsked() {
		int partition = newPartition();
		tables().write(orders(partition, 1, 2), Map.of());
		assertThat(tables().written()).doesNotContainKey(partition);

		// No order lay there
		tables().write(List.of(), Map.of(partition, 7L));
		assertThat(tables().written()).containsEntry(partition, 7L);
	}

	@Test
	default void itDoesNotMatterInWhichBucketOrdersLie() {
		int partition = newPartition();
		long border = OrderStatements.BUCKET;
		tables().write(orders(partition, border - 2, border - 1, border, border + 1), Map.of(partition, border + 2));

		assertThat(offsets(partition, 0, 2 * border)).containsExactly(border - 2, border - 1, border, border + 1);
		assertThat(offsets(partition, border - 1, border + 1)).containsExactly(border - 1, border);

		List<Long> done = new ArrayList<>();
		tables().remove(partition, 0, border, done::add);
		assertThat(offsets(partition, 0, 2 * border)).containsExactly(border + 1);
		assertThat(done).containsExactly(border - 1, border);
	}

	@Test
	default void whatIsRemovedIsGoneAndNothingElse() {
		int partition = newPartition();
		int other = newPartition();
		tables().write(orders(partition, 1, 2, 3), Map.of(partition, 4L));
		tables().write(orders(other, 1, 2, 3), Map.of(other, 4L));

		List<Long> done = new ArrayList<>();
		tables().remove(partition, 0, 2, done::add);

		assertThat(offsets(partition, 0, 100)).containsExactly(3L);
		assertThat(offsets(other, 0, 100)).containsExactly(1L, 2L, 3L);
		assertThat(done).containsExactly(2L);
		assertThat(tables().written()).containsEntry(partition, 4L);
	}

	@Test
	default void theFirstMarkTakesNoOthersPlace() {
		tables().mark();
		assertThat(tables().written()).containsKey(OrderStatements.REBUILT);
		tables().rebuilt(NOW);
		long mark = tables().written().get(OrderStatements.REBUILT);
		tables().mark();

		assertThat(tables().written()).containsEntry(OrderStatements.REBUILT, mark);
	}

	@Test
	default void everyRebuildLeavesAnotherMark() {
		tables().rebuilt(NOW);
		long first = tables().written().get(OrderStatements.REBUILT);
		// By another process, whose clock is behind
		tables().rebuilt(NOW.minusSeconds(60));
		long second = tables().written().get(OrderStatements.REBUILT);

		assertThat(second).isGreaterThan(first);
	}

	private List<Long> offsets(int partition, long from, long to) {
		List<Long> offsets = new ArrayList<>();
		tables().read(partition, from, to, (offset, customer, amount) -> {
			assertThat(customer).isEqualTo("Ali");
			assertThat(amount).isEqualByComparingTo(new BigDecimal(offset));
			offsets.add(offset);
		});
		return offsets;
	}

	private static List<OrderTables.Placed> orders(int partition, long... offsets) {
		return LongStream.of(offsets)
			.mapToObj((offset) -> new OrderTables.Placed(partition, offset,
					new Order("Ali", new BigDecimal(offset).setScale(Order.DECIMALS)), NOW))
			.toList();
	}

}
