package io.isobar.speed;

import java.time.Duration;
import java.time.Period;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** The topics as one process knows them. */
class FakeTopics extends Topics {

	private final FakeLog log;

	private @Nullable Incarnation known;

	@SuppressWarnings("NullAway")
	FakeTopics(FakeLog log) {
		super(null, null, new ListenerSettings((short) 1, 1, 8000, Duration.ofSeconds(1)),
				new SpeedSettings(true, "weather", Period.ofDays(35)), new OrderStreamSettings(FakeLog.TOPIC));
		this.log = log;
	}

	@Override
	void watch() {
		this.known = this.log.fate().call("look at the topics", this.log::incarnation);
	}

	@Override
	Optional<Incarnation> incarnation(String topic) {
		return Optional.ofNullable(this.known);
	}

	@Override
	boolean isStill(Incarnation incarnation) {
		return this.log.fate().call("ask Kafka which topic it is", () -> this.log.incarnation().equals(incarnation));
	}

	@Override
	Map<Integer, Long> ends(String topic) {
		return this.log.fate().call("ask Kafka where partitions end", () -> {
			Map<Integer, Long> ends = new HashMap<>();
			for (int i = 0; i < this.log.partitions(); i++) {
				ends.put(i, this.log.end(i));
			}
			return ends;
		});
	}

	@Override
	Map<Integer, Long> beginnings(String topic) {
		return this.log.fate().call("ask Kafka where partitions begin", () -> {
			Map<Integer, Long> beginnings = new HashMap<>();
			for (int i = 0; i < this.log.partitions(); i++) {
				beginnings.put(i, this.log.beginning());
			}
			return beginnings;
		});
	}

}
