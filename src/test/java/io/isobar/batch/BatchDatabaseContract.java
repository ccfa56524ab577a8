package io.isobar.batch;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.isobar.views.CustomerTotals.Total;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is relied on of generations of orders, wherever they are kept. */
interface BatchDatabaseContract {

	Instant NOW = Instant.parse("2026-11-21T02:00:00Z");

	GenerationTable table();

	OrderResults results();

	<T> T transaction(Supplier<T> work);

	/**
	 * Leaves what was folded where it can be read.
	 * @return its path
	 */
	String folded(Map<String, Total> totals);

	@Test
	default void aGenerationIsPublishedOnceAndNotRemovedThen() {
		int first = add();
		int second = add();
		assertThat(second).isGreaterThan(first);
		assertThat(table().unpublished(Dataset.ORDERS)).contains(first, second);

		assertThat(table().publish(Dataset.ORDERS, first, NOW, Map.of())).isTrue();
		assertThat(table().publish(Dataset.ORDERS, first, NOW.plusSeconds(1), Map.of())).isFalse();
		table().remove(first);
		table().remove(second);

		assertThat(table().find(first)).hasValueSatisfying((each) -> {
			assertThat(each.publishedAt()).isEqualTo(NOW);
			assertThat(each.current()).isFalse();
			assertThat(each.kept()).isTrue();
			assertThat(each.readings()).isEqualTo(17);
		});
		assertThat(table().find(second)).isEmpty();
		assertThat(table().publish(Dataset.ORDERS, second, NOW, Map.of())).isFalse();
		assertThat(table().published(Dataset.ORDERS)).contains(new GenerationTable.Published(first, NOW, null));
		assertThat(table().publishedBy(77)).contains(first).doesNotContain(second);
	}

	@Test
	default void oneGenerationIsCurrentAndSomeAreKept() {
		int first = published();
		int second = published();
		table().show(Dataset.ORDERS, first);
		table().show(Dataset.ORDERS, second);
		table().retire(List.of(first), NOW);
		table().retire(List.of(first), NOW.plusSeconds(5));

		assertThat(table().current(Dataset.ORDERS)).map(Generation::number).hasValue(second);
		assertThat(table().kept()).extracting(Generation::number).contains(second).doesNotContain(first);
		assertThat(table().published(Dataset.ORDERS)).contains(new GenerationTable.Published(first, NOW, NOW));
	}

	@Test
	default void theLastHoldHolds() {
		int first = published();
		int second = published();
		int third = published();
		table().hold(new Generations.Hold(Dataset.ORDERS, NOW, "anna", third, second));
		Generations.Hold last = new Generations.Hold(Dataset.ORDERS, NOW.plusSeconds(1), "ben", second, first);
		table().hold(last);

		assertThat(table().holds()).containsExactly(last);
		assertThat(table().release(Dataset.ORDERS)).isTrue();
		assertThat(table().release(Dataset.ORDERS)).isFalse();
		assertThat(table().holds()).isEmpty();
	}

	@Test
	default void theBoundaryIsThatOfTheCurrentGeneration() {
		int first = published();
		results().keep(first, Map.of(0, 12L, 1001, 3L), new BigDecimal("5.00"));
		table().show(Dataset.ORDERS, first);

		assertThat(results().boundary())
			.hasValue(new OrderTotals.Boundary(first, Map.of(0, 12L, 1001, 3L), new BigDecimal("5.00"), NOW));
		assertThat(results().offsets(first)).isEqualTo(Map.of(0, 12L, 1001, 3L));
		assertThat(results().offsets(Integer.MAX_VALUE - 1)).isEmpty();
	}

	@Test
	default void everyGenerationKeepsItsRowsAndAnAttemptIsTakenBack() {
		int first = export(null, Map.of("Ali", total("80.00", 1), "Bea", total("1.00", 2)));
		table().publish(Dataset.ORDERS, first, NOW, Map.of());
		int attempt = export(first, Map.of("Ali", total("20.00", 1)));
		assertThat(rows(attempt)).isEqualTo(Map.of("Ali", total("100.00", 2), "Bea", total("1.00", 2)));
		assertThat(rows(first)).isEqualTo(Map.of("Ali", total("80.00", 1), "Bea", total("1.00", 2)));

		transaction(() -> {
			results().takeBack(attempt);
			table().remove(attempt);
			return true;
		});
		int second = export(null,
				Map.of("Ali", total("80.00", 1), "\uFF21nn", total("3.00", 1), "\uD83D\uDE00", total("-4.00", 1)));

		assertThat(rows(first)).isEqualTo(Map.of("Ali", total("80.00", 1), "Bea", total("1.00", 2)));
		assertThat(results().customers(second)).extracting(OrderTotals.Customer::name)
			.containsExactly("Ali", "\uFF21nn", "\uD83D\uDE00");
	}

	@Test
	default void whatNoGenerationNeedsIsPruned() {
		int first = export(null, Map.of("Ali", total("1.00", 1), "Bea", total("1.00", 1)));
		table().publish(Dataset.ORDERS, first, NOW, Map.of());
		int second = export(first, Map.of("Ali", total("1.00", 1)));
		table().publish(Dataset.ORDERS, second, NOW, Map.of());
		int third = export(second, Map.of("Ali", total("1.00", 1)));
		table().publish(Dataset.ORDERS, third, NOW, Map.of());

		transaction(() -> results().prune(List.of(first, third)));
		assertThat(rows(first)).isEqualTo(Map.of("Ali", total("1.00", 1), "Bea", total("1.00", 1)));
		assertThat(rows(second)).isEqualTo(Map.of("Bea", total("1.00", 1)));
		transaction(() -> results().prune(List.of(third)));
		assertThat(rows(first)).isEqualTo(Map.of("Bea", total("1.00", 1)));
		assertThat(rows(third)).isEqualTo(Map.of("Ali", total("3.00", 3), "Bea", total("1.00", 1)));
		// An attempt that nobody has published takes nothing away
		int attempt = export(third, Map.of("Ali", total("1.00", 1)));
		transaction(() -> results().prune(List.of(third)));
		assertThat(rows(third)).isEqualTo(Map.of("Ali", total("3.00", 3), "Bea", total("1.00", 1)));
		assertThat(rows(attempt)).isEqualTo(Map.of("Ali", total("4.00", 4), "Bea", total("1.00", 1)));
	}

	@Test
	default void aTransactionThatFailsLeavesNothing() {
		int first = published();
		assertThatThrownBy(() -> transaction(() -> {
			table().show(Dataset.ORDERS, first);
			table().retire(List.of(first), NOW);
			throw new IllegalStateException("The process has died.");
		})).hasMessage("The process has died.");

		assertThat(table().find(first)).hasValueSatisfying((each) -> {
			assertThat(each.current()).isFalse();
			assertThat(each.kept()).isTrue();
		});
	}

	private int add() {
		return table().add(Dataset.ORDERS, 77,
				new Generations.Made(5, Map.of(), "definition", "1.0", null, "full", Map.of()), 17, 3);
	}

	private int published() {
		int added = add();
		table().publish(Dataset.ORDERS, added, NOW, Map.of());
		return added;
	}

	private int export(@Nullable Integer base, Map<String, Total> totals) {
		String path = folded(totals);
		return transaction(() -> {
			results().stage(path, base);
			int generation = add();
			results().replace(generation);
			return generation;
		});
	}

	private Map<String, Total> rows(int generation) {
		return results().customers(generation)
			.stream()
			.collect(java.util.stream.Collectors.toMap(OrderTotals.Customer::name, OrderTotals.Customer::total));
	}

	private static Total total(String amount, long orders) {
		return new Total(new BigDecimal(amount), orders);
	}

}
