package io.isobar.batch;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.isobar.lake.FakeOrderStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.StreamedOrder;
import io.isobar.orders.Order;
import io.isobar.simulation.Fate;
import io.isobar.simulation.Provided;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.batch.infrastructure.item.ExecutionContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a run of orders goes out from. */
class OrdersStepsTests {

	private static final StreamPart PART = new StreamPart("orders", 0, 0);

	private final Fate fate = Fate.kind();

	private final FakeOrderStore lake = new FakeOrderStore(this.fate);

	private final FakeBatchDatabase database = new FakeBatchDatabase(this.fate);

	private final Generations generations = new Generations(this.database.table(),
			new BatchSettings("0 0 2 * * *", null, 3, 5, Duration.ZERO), this.fate.clock(),
			new Provided<GenerationCheck>(null));

	private final OrdersSteps steps = new OrdersSteps(this.generations, this.database.results(), this.lake);

	private final List<String> notes = new ArrayList<>();

	@BeforeEach
	void orders() {
		order(0);
		order(1);
		order(2);
	}

	private void order(long offset) {
		this.lake.append(List.of(new StreamedOrder(new Order("Ali", BigDecimal.TEN.setScale(Order.DECIMALS)), PART,
				offset, Instant.EPOCH)), Map.of(PART, offset + 1), Map.of());
	}

	private OrdersRun pinned() {
		OrdersRun run = OrdersRun.of(new ExecutionContext());
		long version = this.lake.version().orElseThrow();
		run.pin(version, this.lake.describe(version), "0");
		return run;
	}

	/** Up to here all is folded by a run that starts now. */
	private @Nullable Long start(OrdersRun run) {
		return this.steps.start(run, false, this.notes::add);
	}

	private void publish() {
		OrdersRun run = pinned();
		Long since = start(run);
		this.database.keepFile("folded", this.lake.fold(since, run.version(), BigDecimal.ZERO).byCustomer());
		run.folded("folded", since == null, 3, 1, 30);
		this.steps.check(run);
		int generation = this.database.transaction(() -> this.steps.export(run, 1, "1.0"));
		this.database.transaction(() -> this.generations.publish(Dataset.ORDERS, generation, Map.of(), false));
		this.notes.clear();
	}

	@Test
	void whatCameSinceIsFoldedOnTopOfTheCurrentGeneration() {
		publish();
		order(3);

		assertThat(start(pinned())).isEqualTo(3L);
		assertThat(this.notes).isEmpty();
	}

	@Test
	void afterTheLakeWasRestoredFromAnOlderCopyAndHasGrownAllIsFolded() {
		publish();
		this.lake.restore(2);
		// What is missing comes again, in other batches, and more
		this.lake.append(List.of(), Map.of(PART, 2L), Map.of());
		this.lake.append(List.of(), Map.of(PART, 6L), Map.of());
		order(6);

		assertThat(start(pinned())).isNull();
		assertThat(this.notes).containsExactly(
				"version 3 of the orders is not the one that generation 1 has counted: the lake was restored from an older copy, or is another one");
	}

	@Test
	void anOlderCopyThatHasNotGrownAsFarPublishesNothing() {
		publish();
		this.lake.restore(1);
		OrdersRun run = pinned();

		assertThat(start(run)).isNull();
		run.folded("folded", true, 2, 1, 30);
		assertThatThrownBy(() -> this.steps.check(run)).hasMessageContaining("ends before offset 2 of partition 0");
	}

	@Test
	void aCopyThatIsTheSameUpToThereMakesNoDifference() {
		publish();
		order(3);
		this.lake.restore(1);
		order(3);

		assertThat(start(pinned())).isEqualTo(3L);
	}

	@Test
	void aRunWhoseVersionHasBecomeAnotherPublishesNothing() {
		OrdersRun run = pinned();
		start(run);
		this.lake.restore(1);
		this.lake.append(List.of(), Map.of(PART, 9L), Map.of());

		assertThatThrownBy(() -> this.steps.check(run)).hasMessageContaining("no longer what it was");
		assertThatThrownBy(() -> start(run)).hasMessageContaining("no longer what it was");
	}

}
