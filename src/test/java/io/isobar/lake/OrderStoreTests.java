package io.isobar.lake;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

import io.isobar.orders.Order;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each order once, whatever comes twice. */
class OrderStoreTests implements OrderStoreContract {

	private static final StreamPart PLACE = new StreamPart("real-time.orders", 1, 2);

	private static final Instant NOW = Instant.parse("2026-01-31T14:00:00Z");

	@TempDir
	Path folder;

	private Lake lake;

	private OrderStore store;

	@BeforeEach
	void table() {
		this.lake = LocalLake.in(this.folder);
		this.store = LocalLake.orders(this.lake);
		this.store.create();
	}

	@Override
	public OrderStore store() {
		return this.store;
	}

	@Override
	public List<Long> offsets(long version, StreamPart part) {
		List<Long> offsets = new ArrayList<>();
		new LakeTable(this.lake).read(this.lake.orders(), version, List.of("kafka_partition", "kafka_offset"),
				(partition) -> true, (row) -> {
					if (Integer.valueOf(part.number()).equals(row[0])) {
						offsets.add((Long) row[1]);
					}
				});
		return offsets.stream().sorted().toList();
	}

	@Test
	void aBatchWithOtherBordersAddsOnlyWhatIsNew() {
		assertThat(this.store.append(messages(100, 120), Map.of(PLACE, 120L), Map.of())).isEqualTo(20);
		assertThat(this.store.append(messages(100, 150), Map.of(PLACE, 150L), Map.of())).isEqualTo(30);
		assertThat(this.store.append(messages(100, 110), Map.of(PLACE, 110L), Map.of())).isZero();

		assertThat(rows()).containsExactlyInAnyOrderElementsOf(
				LongStream.range(100, 150).mapToObj((offset) -> "Ali 0.10 1002@" + offset).toList());
		assertThat(this.store.positions(List.of(PLACE))).isEqualTo(Map.of(PLACE, 150L));
	}

	@Test
	void whatWasWrittenIntoATableThatHeldMoreIsNotWritten() {
		this.store.append(messages(0, 10), Map.of(PLACE, 10L), Map.of(PLACE, 0L));

		assertThatThrownBy(() -> this.store.append(messages(12, 20), Map.of(PLACE, 20L), Map.of(PLACE, 12L)))
			.isInstanceOfSatisfying(WentBack.class, (ex) -> assertThat(ex.there()).isEqualTo(Map.of(PLACE, 10L)));

		assertThat(this.store.positions(List.of(PLACE))).isEqualTo(Map.of(PLACE, 10L));
	}

	@Test
	void aVersionTellsWhichMessagesItHas() {
		this.store.append(messages(0, 10), Map.of(PLACE, 10L), Map.of());
		long before = this.store.version().orElseThrow();
		// The last ones were no orders
		this.store.append(messages(10, 12), Map.of(PLACE, 15L), Map.of());

		assertThat(this.store.describe(before).positions()).isEqualTo(Map.of(1002, 10L));
		assertThat(this.store.describe(this.store.version().orElseThrow()).positions()).isEqualTo(Map.of(1002, 15L));
	}

	@Test
	void aSourceIsThereWholeAndOnce() {
		for (int i = 0; i < 2; i++) {
			boolean fresh = this.store.append("digest", OrderStore.FILE, NOW, (lines) -> {
				lines.order(1, order("120"));
				lines.order(7, order("-5.50"));
			});
			assertThat(fresh).isEqualTo(i == 0);
		}
		assertThat(this.store.holds("digest")).isTrue();
		assertThat(this.store.holds("another")).isFalse();
		assertThat(rows()).containsExactlyInAnyOrder("Ali 120.00 digest:1", "Ali -5.50 digest:7");
	}

	@Test
	void aSourceThatBreaksOffLeavesNothing() {
		try {
			this.store.append("digest", OrderStore.FILE, NOW, (lines) -> {
				lines.order(1, order("120"));
				throw new java.io.IOException("The disk is gone.");
			});
		}
		catch (IllegalStateException ex) {
			assertThat(ex).hasMessageContaining("digest");
		}
		assertThat(rows()).isEmpty();
		assertThat(this.store.holds("digest")).isFalse();
	}

	@Test
	void whichHistoryCountsBelongsToTheVersion() {
		assertThat(this.store.countHistory(Set.of("one"))).isTrue();
		long before = this.store.version().orElseThrow();
		assertThat(this.store.countHistory(Set.of("one"))).isFalse();
		assertThat(this.store.countHistory(Set.of("two", "three"))).isTrue();

		this.store.countFile("file", "file#mapping");
		this.store.countFile("file", "file#corrected");
		assertThat(this.store.describe(before).sources()).containsExactly("one");
		assertThat(this.store.describe(this.store.version().orElseThrow()).sources()).containsExactly("file#corrected",
				"three", "two");
	}

	@Test
	void manyWritersLoseNothingAndDoubleNothing() throws Exception {
		List<Callable<Object>> writers = new ArrayList<>();
		for (int writer = 0; writer < 4; writer++) {
			int number = writer;
			writers.add(() -> {
				OrderStore own = LocalLake.orders(LocalLake.withoutChecksums(this.folder));
				own.create();
				for (int i = 0; i < 5; i++) {
					own.append(messages(0, 10 * (i + 1)), Map.of(PLACE, 10L * (i + 1)), Map.of());
					own.append("source " + number % 2 + i, OrderStore.FILE, NOW, (lines) -> lines.order(1, order("1")));
				}
				return own;
			});
		}
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			for (Future<Object> each : threads.invokeAll(writers)) {
				each.get();
			}
		}
		finally {
			threads.shutdown();
		}

		assertThat(rows()).doesNotHaveDuplicates().hasSize(50 + 10);
	}

	private List<String> rows() {
		List<String> rows = new ArrayList<>();
		new LakeTable(this.lake).read(this.lake.orders(), this.store.version().orElseThrow(),
				List.of("customer", "amount", "source", "line", "kafka_partition", "kafka_offset"), (partition) -> true,
				(row) -> rows.add(row[0] + " " + row[1] + " "
						+ ((row[2] != null) ? row[2] + ":" + row[3] : row[4] + "@" + row[5])));
		return rows;
	}

	private static Order order(String amount) {
		return new Order("Ali", new BigDecimal(amount).setScale(2));
	}

	private static List<StreamedOrder> messages(long from, long to) {
		return LongStream.range(from, to)
			.mapToObj((offset) -> new StreamedOrder(order("0.1"), PLACE, offset, NOW))
			.toList();
	}

}
