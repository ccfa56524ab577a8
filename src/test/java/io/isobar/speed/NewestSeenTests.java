package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The latest readings, where Kafka has some that Cassandra does not have yet. */
class NewestSeenTests {

	private static final Instant NOW = Instant.parse("2026-01-31T14:00:00Z");

	private final NewestSeen seen = new NewestSeen(Clock.fixed(NOW, ZoneOffset.UTC));

	@Test
	void aNewerOneThatWasSeenTakesThePlaceOfTheStoredOne() {
		this.seen.see(message("Paris", NOW, 7.0, null));

		assertThat(latest("Paris", stored(message("Paris", NOW.minusSeconds(60), 6.0, null)))).isEqualTo(7.0);
	}

	@Test
	void anOlderOneAndOneAsOldDoNot() {
		this.seen.see(message("Paris", NOW.minusSeconds(60), 6.0, null));
		this.seen.see(message("Paris", NOW.minusSeconds(30), 6.5, null));
		this.seen.see(message("Paris", NOW.minusSeconds(60), 6.0, null));

		assertThat(latest("Paris", stored(message("Paris", NOW, 7.0, null)))).isEqualTo(7.0);
		assertThat(latest("Paris", stored(message("Paris", NOW.minusSeconds(30), 5.0, null)))).isEqualTo(5.0);
	}

	@Test
	void aCityThatIsNotStoredYetIsThere() {
		this.seen.see(message("Paris", NOW, 7.0, null));

		assertThat(this.seen.complete(Map.of(), null)).containsOnlyKeys("Paris");
		assertThat(this.seen.complete(Map.of(), "Paris")).containsOnlyKeys("Paris");
		assertThat(this.seen.complete(Map.of(), "Lyon")).isEmpty();
	}

	@Test
	void whoListensToACityIsToldOfWhatIsSeenOfItUntilNoMore() {
		List<Double> told = new ArrayList<>();
		Runnable listening = this.seen.listen("Paris", () -> told.add(latest("Paris", Map.of())));
		this.seen.listen("Paris", () -> told.add(0.0));
		this.seen.see(message("Paris", NOW, 7.0, null));
		this.seen.see(message("Lyon", NOW, 9.0, null));

		assertThat(told).containsExactlyInAnyOrder(7.0, 0.0);
		listening.run();
		this.seen.see(message("Paris", NOW.plusSeconds(60), 8.0, null));
		assertThat(told).containsExactlyInAnyOrder(7.0, 0.0, 0.0);
	}

	@Test
	void rainThatWasSeenGoesWithTheNewestReading() {
		this.seen.see(message("Paris", NOW.minusSeconds(900), null, 1.5));
		this.seen.see(message("Paris", NOW, 7.0, null));

		LatestReading latest = this.seen.complete(Map.of(), "Paris").get("Paris");

		assertThat(latest.values().orNaN(Metric.TEMPERATURE)).isEqualTo(7.0);
		assertThat(latest.values().orNaN(Metric.PRECIPITATION)).isEqualTo(1.5);
	}

	@Test
	void whatIsOlderThanADayIsLeftToTheStore() {
		this.seen.see(message("Paris", NOW.minus(Duration.ofDays(2)), 7.0, null));

		assertThat(this.seen.complete(Map.of(), null)).isEmpty();
	}

	@Test
	void onlySoManyCitiesAreRemembered() {
		for (int city = 0; city <= NewestSeen.MOST; city++) {
			this.seen.see(message("City " + city, NOW, 7.0, null));
			this.seen.see(message("City 0", NOW, 7.0, null));
		}

		assertThat(this.seen.complete(Map.of(), null)).hasSize(NewestSeen.MOST)
			.containsKey("City 0")
			.doesNotContainKey("City 1");
	}

	private double latest(String city, Map<String, LatestReading> stored) {
		return this.seen.complete(stored, city).get(city).values().orNaN(Metric.TEMPERATURE);
	}

	private static Map<String, LatestReading> stored(WeatherMessage message) {
		return Map.of(message.city(), LatestReading.of(message, null));
	}

	private static WeatherMessage message(String city, Instant observedAt, @Nullable Double temperature,
			@Nullable Double precipitation) {
		ReadingDraft draft = new ReadingDraft(city, observedAt, Resolution.HOUR, Origin.OPEN_METEO, Channel.STREAM,
				NOW);
		draft.value(Metric.TEMPERATURE, temperature);
		draft.value(Metric.PRECIPITATION, precipitation);
		Reading reading = draft.build();
		return new WeatherMessage(reading, "FR", WeatherMessage.stationId(city, "FR"), null, null, null, null,
				new Outlook(null, null, null, null, null));
	}

}
