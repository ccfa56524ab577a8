package io.isobar.spark;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import io.isobar.lake.Lake;
import io.isobar.lake.LocalLake;
import io.isobar.lake.OrderStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.StreamedOrder;
import io.isobar.orders.Order;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What Spark makes of the orders of the lake. */
class FoldOrdersTests {

	private static final StreamPart PART = new StreamPart("orders", 0, 0);

	@TempDir
	Path folder;

	private Lake lake;

	private OrderStore store;

	private final Map<String, BigDecimal> expected = new TreeMap<>();

	private long offset;

	@BeforeEach
	void table() {
		this.lake = LocalLake.in(this.folder);
		this.store = LocalLake.orders(this.lake);
		this.store.create();
	}

	@Test
	void thePinnedVersionIsFoldedExactly() throws IOException {
		Random random = new Random(20260131);
		stream(random, 500);
		stream(random, 500);
		long pinned = version();
		Map<String, BigDecimal> then = new TreeMap<>(this.expected);
		stream(random, 100);

		FoldOrders.Folded folded = fold(pinned, null, "0", List.of());

		assertThat(folded.all()).isTrue();
		assertThat(folded.orders()).isEqualTo(1000);
		assertThat(folded.customers()).isEqualTo(then.size());
		assertThat(amounts()).isEqualTo(then);
	}

	@Test
	void whatIsNewAndWhatWasThereBeforeAreEverything() throws IOException {
		Random random = new Random(7);
		stream(random, 300);
		long before = version();
		fold(before, null, "0", List.of());
		Map<String, BigDecimal> merged = amounts();
		stream(random, 200);
		this.store.countHistory(Set.of("any"));
		stream(random, 50);

		FoldOrders.Folded folded = fold(version(), before, "0", List.of());

		assertThat(folded.all()).isFalse();
		assertThat(folded.orders()).isEqualTo(250);
		amounts().forEach((customer, amount) -> merged.merge(customer, amount, BigDecimal::add));
		assertThat(merged).isEqualTo(this.expected);
		assertThat(fold(version(), version(), "0", List.of()).customers()).isZero();
	}

	@Test
	void onlyTheHistoryThatCountsIsFoldedAndOnlyOrdersOfTheMinimumAmount() throws IOException {
		this.store.append("old", OrderStore.HISTORY, Instant.EPOCH, (lines) -> lines.order(1, order("Ali", "1")));
		this.store.append("new", OrderStore.HISTORY, Instant.EPOCH, (lines) -> {
			lines.order(1, order("Ali", "120"));
			lines.order(2, order("Sara", "9.99"));
		});
		this.store.append("file", OrderStore.FILE, Instant.EPOCH, (lines) -> lines.order(1, order("Tab\tand\\", "10")));

		FoldOrders.Folded folded = fold(version(), null, "10.00", List.of("new", "file"));

		assertThat(lines()).containsExactlyInAnyOrder("Ali\t120.00\t1", "Tab\\tand\\\\\t10.00\t1");
		assertThat(folded.digits()).isEqualTo(3);
	}

	private void stream(Random random, int count) {
		List<StreamedOrder> orders = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Order order = order("Customer " + random.nextInt(40),
					new BigDecimal(random.nextLong(1, Long.MAX_VALUE)).movePointLeft(2).toPlainString());
			this.expected.merge(order.customer(), order.amount(), BigDecimal::add);
			orders.add(new StreamedOrder(order, PART, this.offset++, Instant.EPOCH));
		}
		this.store.append(orders, Map.of(PART, this.offset), Map.of());
	}

	private long version() {
		return this.store.version().orElseThrow();
	}

	private FoldOrders.Folded fold(long version, @Nullable Long since, String minimum, List<String> history)
			throws IOException {
		return new FoldOrders().run(LocalSpark.session(), new FoldOrders.Request(this.lake.orders().toString(), version,
				since, minimum, history, this.folder.resolve("result").toUri().toString()), (done) -> {
				});
	}

	private Map<String, BigDecimal> amounts() throws IOException {
		Map<String, BigDecimal> amounts = new TreeMap<>();
		for (String line : lines()) {
			String[] values = line.split("\t");
			assertThat(amounts.put(values[0], new BigDecimal(values[1]))).isNull();
		}
		return amounts;
	}

	private List<String> lines() throws IOException {
		return Files.readAllLines(this.folder.resolve("result"));
	}

	private static Order order(String customer, String amount) {
		return new Order(customer, new BigDecimal(amount).setScale(2));
	}

}
