package io.isobar.speed;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said of a sink. */
class SinkStatusTests {

	private final AtomicLong nanoTime = new AtomicLong();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final SinkStatus status = new SinkStatus("lake", this.meters, this.nanoTime::get);

	@BeforeEach
	void somethingIsWritten() {
		this.status.enters();
	}

	private void pass(long seconds) {
		this.nanoTime.addAndGet(seconds * 1_000_000_000L);
		this.status.watch();
	}

	@Test
	void aStoreThatNeitherAnswersNorRefusesIsSaidToBeWaitedFor() {
		pass(14);
		assertThat(this.status.waiting()).isNull();

		pass(2);
		assertThat(this.status.waiting()).isEqualTo("its store has not answered for 15 s");

		this.status.leaves();
		assertThat(this.status.waiting()).isNull();
	}

	@Test
	void whatHasFailedAtLastIsWaitedForUntilItWorks() {
		pass(16);

		this.status.waits("its store takes no writes", new IllegalStateException("timed out"));
		this.status.leaves();
		assertThat(this.status.waiting()).isNotNull();

		this.status.works();
		assertThat(this.status.waiting()).isNull();
	}

	@Test
	void aPersonIsWaitedForAlsoWhenAStoreAnswersAtLast() {
		pass(16);

		this.status.needsPerson("a message is missing");
		this.status.leaves();

		assertThat(this.status.waiting()).isEqualTo("a message is missing");
	}

	@Test
	void whatIsWrittenWhileAPersonIsWaitedForIsNoReasonToGoOn() {
		this.status.needsPerson("a message is missing");
		this.status.works();
		assertThat(this.status.waiting()).isEqualTo("a message is missing");

		this.status.reads();
		assertThat(this.status.waiting()).isNull();
		this.status.waits("its store takes no writes", new IllegalStateException("away"));
		this.status.works();
		assertThat(this.status.waiting()).isNull();
	}

	@Test
	void metersTellWhetherItWaitsHowFarItIsBehindAndHowLongItWrites() {
		Positions positions = new Positions();
		assertThat(gauge("isobar.speed.lag")).isNaN();
		assertThat(gauge("isobar.speed.paused")).isZero();

		positions.next(0, 10);
		positions.next(1, 5);
		this.status.follow(positions);
		this.status.compare(Map.of(0, 13L, 1, 5L));
		this.status.waits("its store takes no writes", new IllegalStateException("away"));
		this.status.writes().record(Duration.ofMillis(30));
		assertThat(gauge("isobar.speed.lag")).isEqualTo(3);
		assertThat(gauge("isobar.speed.paused")).isOne();
		assertThat(this.meters.get("isobar.speed.write").tag("sink", "lake").timer().totalTime(TimeUnit.MILLISECONDS))
			.isEqualTo(30);

		positions.next(0, 13);
		this.status.compare(Map.of(0, 13L, 1, 5L));
		this.status.works();
		assertThat(gauge("isobar.speed.lag")).isZero();
		assertThat(gauge("isobar.speed.paused")).isZero();
	}

	private double gauge(String name) {
		return this.meters.get(name).tag("sink", "lake").gauge().value();
	}

	@Test
	void aStoreThatAnswersEachTimeIsNotWaitedForHoweverLongThereIsWork() {
		for (int i = 0; i < 10; i++) {
			this.status.leaves();
			this.status.enters();
			pass(10);
		}

		assertThat(this.status.waiting()).isNull();
	}

}
