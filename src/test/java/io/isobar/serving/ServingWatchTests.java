package io.isobar.serving;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.isobar.batch.Reconciliation;
import io.isobar.jobs.Duties;
import io.isobar.provider.Cities;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** The watch over the boundaries. */
class ServingWatchTests {

	private final CountDownLatch asked = new CountDownLatch(1);

	private final CountDownLatch answered = new CountDownLatch(1);

	@Test
	@Timeout(60)
	void stopsWhilePostgresqlDoesNotAnswer() throws Exception {
		Cities cities = mock();
		given(cities.listed()).willAnswer((call) -> {
			this.asked.countDown();
			this.answered.await();
			return List.of();
		});
		ServingWatch watch = new ServingWatch(mock(Boundaries.class), mock(Reconciliation.class), cities,
				new ServingSettings(Duration.ofHours(50)), mock(Duties.class), (event) -> {
				}, Clock.systemUTC(), new SimpleMeterRegistry());
		Thread measuring = new Thread(watch::watch);
		measuring.start();
		this.asked.await();

		watch.start();
		watch.stop();

		assertThat(watch.isRunning()).isFalse();
		assertThat(measuring.isAlive()).isTrue();
	}

	@AfterEach
	void postgresqlAnswers() {
		this.answered.countDown();
	}

}
