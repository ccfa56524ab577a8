package io.isobar.messages;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;

import static org.assertj.core.api.Assertions.assertThat;

class ReadingCellsTests {

	private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

	@Test
	void theLatestIsTheOneObservedLastWheneverItWasCollected() {
		assertThat(latestWritten(NOON.plusSeconds(1), NOON.plusSeconds(1).minus(Duration.ofMinutes(10))))
			.isGreaterThan(latestWritten(NOON, NOON.plus(Duration.ofDays(35))));
	}

	@Test
	void ofTheSameInstantItIsTheOneCollectedAMillisecondLater() {
		assertThat(latestWritten(NOON, NOON.plusMillis(1))).isGreaterThan(latestWritten(NOON, NOON));
	}

	@Test
	void thatHoldsAlsoIfItWasCollectedBeforeItWasObserved() {
		Instant early = NOON.minus(Duration.ofMinutes(10));

		assertThat(latestWritten(NOON, early.plusMillis(1))).isGreaterThan(latestWritten(NOON, early));
	}

	@Test
	void ofThoseCollectedWeeksLaterItIsTheOneCollectedASecondLater() {
		Instant late = NOON.plus(Duration.ofDays(34));

		assertThat(latestWritten(NOON, late.plusSeconds(1))).isGreaterThan(latestWritten(NOON, late));
	}

	@Test
	void whereMillisecondsCeaseToCountLaterIsStillLater() {
		Instant last = NOON.minus(Duration.ofMinutes(10)).plusMillis((1L << 30) - 1);

		assertThat(latestWritten(NOON, last)).isGreaterThan(latestWritten(NOON, last.minusMillis(1)))
			.isLessThan(latestWritten(NOON, last.plusMillis(1)));
	}

	private static long latestWritten(Instant observedAt, Instant collected) {
		Reading reading = new Reading("Paris", observedAt, Resolution.HOUR, Origin.OPEN_METEO, Channel.STREAM,
				collected, Values.of(Map.of(Metric.TEMPERATURE, 1.0)), Values.NONE, Values.NONE, null, Map.of());
		WeatherMessage message = new WeatherMessage(reading, "FR", WeatherMessage.stationId("Paris", "FR"), 48.9, 2.4,
				false, false, Outlook.UNKNOWN);
		return ReadingCells.of(message, ZoneOffset.UTC, Period.ofDays(36), NOON).orElseThrow().latestWritten();
	}

}
