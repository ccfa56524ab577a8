package io.isobar.serving.adhoc;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.lake.Lake;
import io.isobar.weather.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/** How long a result is to be had. */
class AdHocQueueTests {

	private static final Instant ENDED = Instant.parse("2026-11-14T11:00:00Z");

	private static final Instant EXPIRY = Instant.parse("2026-11-21T11:00:00Z");

	@Test
	void aResultIsKeptAsLongAsIsSetAndItsLineLonger() {
		AdHocTask complete = task(AdHocTask.Status.COMPLETED, false);

		assertThat(at(EXPIRY).isExpired(complete)).isFalse();
		assertThat(at(EXPIRY.plusSeconds(1)).isExpired(complete)).isTrue();
		assertThat(at(EXPIRY).isExpired(task(AdHocTask.Status.COMPLETED, true))).isTrue();
		assertThat(at(EXPIRY).expiry(complete)).isEqualTo(EXPIRY);
	}

	@ParameterizedTest
	@EnumSource(names = { "FAILED", "CANCELLED" })
	void whereThereWasNoResultNoneExpires(AdHocTask.Status status) {
		for (boolean removed : List.of(false, true)) {
			assertThat(at(EXPIRY.plusSeconds(1)).isExpired(task(status, removed))).isFalse();
			assertThat(at(EXPIRY).expiry(task(status, removed))).isNull();
		}
	}

	private static AdHocQueue at(Instant now) {
		return new AdHocQueue(mock(AdHocTasks.class), mock(Launches.class), mock(Executions.class), mock(Lake.class),
				new AdHocSettings(2, Duration.ofDays(7)), Clock.fixed(now, ZoneOffset.UTC));
	}

	private static AdHocTask task(AdHocTask.Status status, boolean removed) {
		LocalDate day = LocalDate.of(2026, 11, 1);
		return new AdHocTask(UUID.randomUUID(), "viewer",
				new Question(List.of("Paris"), day, day, List.of(Metric.TEMPERATURE), Granularity.DAY), status, 0,
				ENDED, ENDED, ENDED, null, null, 0, null, null, removed);
	}

}
