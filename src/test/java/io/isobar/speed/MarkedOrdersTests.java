package io.isobar.speed;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.isobar.orders.Order;
import io.isobar.simulation.Fate;
import io.isobar.web.StoreUnavailable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is noticed when Cassandra has lost orders, and when the topic is another one. */
class MarkedOrdersTests {

	private final Fate fate = Fate.kind();

	private final FakeOrderTables tables = new FakeOrderTables(this.fate);

	private final FakeRemovedOrders removed = new FakeRemovedOrders(this.fate);

	private final FakeLog log = new FakeLog(this.fate, 1, 0);

	private final FakeTopics topics = new FakeTopics(this.log);

	@BeforeEach
	void topic() {
		this.topics.watch();
		this.log.append(0, new Order("Ali", BigDecimal.TEN.setScale(Order.DECIMALS)));
	}

	/** As processes do that have just started. */
	private OrdersTail tail() {
		return new OrdersTail(this.tables, this.removed, new FakeMarkedOrders(this.fate, this.removed.marked));
	}

	private OrdersSink sink() {
		return new OrdersSink(this.topics, this.tables, new FakeMarkedOrders(this.fate, this.removed.marked),
				new ListenerSettings((short) 1, 1, 8000, Duration.ofSeconds(1)));
	}

	private void write() {
		sink().replay(List.of(StreamedMessages.Raw.of(this.log.at(0, 0))), this.log.incarnation(), Map.of());
	}

	@Test
	void whereThereNeverWasAnOrderNothingIsMissing() {
		assertThat(tail().above(Map.of(), BigDecimal.ZERO)).isEmpty();
		assertThat(tail().has(Map.of(), Map.of())).isTrue();
	}

	@Test
	void nobodyIsAnsweredWithWhatIsLeftOfLostOrders() {
		write();
		OrdersTail tail = tail();
		assertThat(tail.above(Map.of(), BigDecimal.ZERO)).containsOnlyKeys("Ali");
		this.tables.empty();
		// What comes later is there
		write();

		for (OrdersTail each : List.of(tail, tail())) {
			assertThatThrownBy(() -> each.above(Map.of(), BigDecimal.ZERO)).isInstanceOf(StoreUnavailable.class)
				.hasMessageContaining("has lost the orders")
				.hasMessageContaining("rebuild_speed_views");
			assertThat(each.has(Map.of(), Map.of(0, 0L))).isFalse();
		}
		this.tables.rebuilt(Instant.EPOCH);
		assertThat(tail.above(Map.of(), BigDecimal.ZERO)).containsOnlyKeys("Ali");
		assertThat(tail().has(Map.of(), Map.of(0, 0L))).isTrue();
	}

	@Test
	void whatIsReadOfATopicThatWasMadeAgainIsNotWrittenAsTheOldOnes() {
		Incarnation old = this.log.incarnation();
		this.log.makeAgain(true);
		this.log.append(0, new Order("Bea", BigDecimal.ONE.setScale(Order.DECIMALS)));
		List<StreamedMessages.Raw> raws = List.of(StreamedMessages.Raw.of(this.log.at(0, 0)));

		assertThatThrownBy(() -> sink().replay(raws, old, Map.of())).hasMessageContaining("deleted and made again");

		assertThat(this.tables.written()).doesNotContainKey(0);
	}

}
