package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import io.isobar.web.StoreUnavailable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** When Cassandra is asked for the newest readings, and when it need not be. */
class LatestReadingsTests {

	private static final Instant NOW = Instant.parse("2026-01-31T14:00:00Z");

	private final NewestSeen seen = new NewestSeen(Clock.fixed(NOW, ZoneOffset.UTC));

	private final SlowStore store = new SlowStore();

	private long nanos = -5;

	private final LatestReadings latest = new LatestReadings(this.store, this.seen, () -> this.nanos);

	@BeforeEach
	void follows() {
		this.seen.following(true);
	}

	@Test
	void whoAsksFirstWaitsForWhatIsAskedAndAllAreAskedForBesides() {
		this.store.cities = Map.of("Paris", of("Paris", 6), "Lyon", of("Lyon", 7));

		assertThat(temperatures("Paris")).containsExactly(6.0);
		assertThat(this.store.asked).containsExactly("all", "Paris");
		assertThat(temperatures("Lyon")).containsExactly(7.0);
		assertThat(temperatures(null)).containsExactly(7.0, 6.0);
		assertThat(this.store.asked).hasSize(2);
	}

	@Test
	void whatIsSeenIsThereAtOnceAndCassandraIsAskedOnceASecondOnly() {
		this.store.cities = Map.of("Paris", of("Paris", 6));
		temperatures("Paris");
		this.store.asked.clear();

		this.seen.see(message("Paris", NOW.plusSeconds(1), 6.5));
		pass(LatestReadings.FRESH);
		assertThat(temperatures("Paris")).containsExactly(6.5);
		assertThat(this.store.asked).isEmpty();

		pass(Duration.ofNanos(1));
		this.store.cities = Map.of("Paris", of("Paris", 6), "Lyon", of("Lyon", 7));
		assertThat(temperatures("Paris")).containsExactly(6.5);
		assertThat(this.store.asked).containsExactly("all");
		assertThat(temperatures("Lyon")).containsExactly(7.0);
		assertThat(this.store.asked).hasSize(1);
	}

	@Test
	void whileItIsBeingAskedNobodyWaitsUntilTheAnswerIsTooOld() {
		this.store.cities = Map.of("Paris", of("Paris", 6));
		temperatures("Paris");
		this.store.asked.clear();
		this.store.away = true;

		pass(LatestReadings.OLDEST);
		assertThat(temperatures("Paris")).containsExactly(6.0);
		assertThat(temperatures("Paris")).containsExactly(6.0);
		assertThat(this.store.asked).containsExactly("all");

		pass(Duration.ofNanos(1));
		assertThatThrownBy(() -> temperatures("Paris")).isInstanceOf(StoreUnavailable.class);

		this.store.answer();
		assertThat(temperatures("Paris")).containsExactly(6.0);
	}

	@Test
	void anAnswerThatTookLongIsNoReasonToAnswerFromItForLong() {
		this.store.cities = Map.of("Paris", of("Paris", 6));
		this.store.away = true;
		assertThatThrownBy(() -> temperatures("Paris")).isInstanceOf(StoreUnavailable.class);
		pass(Duration.ofSeconds(3));
		this.store.answer();
		assertThat(temperatures("Paris")).containsExactly(6.0);

		this.store.away = true;
		pass(Duration.ofSeconds(5));
		assertThatThrownBy(() -> temperatures("Paris")).isInstanceOf(StoreUnavailable.class);
	}

	@Test
	void whereKafkaIsNotFollowedCassandraAnswersEveryTime() {
		temperatures("Paris");
		this.seen.following(false);
		this.store.asked.clear();

		this.store.cities = Map.of("Paris", of("Paris", 8));
		assertThat(temperatures("Paris")).containsExactly(8.0);
		assertThat(temperatures("Paris")).containsExactly(8.0);
		assertThat(this.store.asked).containsExactly("Paris", "Paris");
	}

	@Test
	void whatCassandraHadBeforeKafkaWasFollowedAgainIsNotAnsweredAnyMore() {
		this.store.cities = Map.of("Paris", of("Paris", 6));
		temperatures("Paris");
		this.seen.following(false);
		this.store.cities = Map.of("Paris", of("Paris", 8));
		assertThat(temperatures("Paris")).containsExactly(8.0);

		this.seen.following(true);
		assertThat(temperatures("Paris")).containsExactly(8.0);
		this.store.asked.clear();
		assertThat(temperatures("Paris")).containsExactly(8.0);
		assertThat(this.store.asked).isEmpty();
	}

	private List<Double> temperatures(@Nullable String city) {
		return this.latest.of(city).stream().map((each) -> each.values().orNaN(Metric.TEMPERATURE)).toList();
	}

	private void pass(Duration time) {
		this.nanos += time.toNanos();
	}

	private static LatestReading of(String city, double temperature) {
		return LatestReading.of(message(city, NOW, temperature), null);
	}

	private static WeatherMessage message(String city, Instant observedAt, double temperature) {
		ReadingDraft draft = new ReadingDraft(city, observedAt, Resolution.HOUR, Origin.OPEN_METEO, Channel.STREAM,
				NOW);
		draft.value(Metric.TEMPERATURE, temperature);
		Reading reading = draft.build();
		return new WeatherMessage(reading, "FR", WeatherMessage.stationId(city, "FR"), null, null, null, null,
				new Outlook(null, null, null, null, null));
	}

	/** Answers at once, or, while it is away, when it is back. */
	private static final class SlowStore implements LatestReadings.Store {

		private final List<String> asked = new ArrayList<>();

		private final List<Runnable> waiting = new ArrayList<>();

		private Map<String, LatestReading> cities = Map.of();

		private boolean away;

		@Override
		public CompletableFuture<Map<String, LatestReading>> ask(@Nullable String city) {
			this.asked.add((city != null) ? city : "all");
			CompletableFuture<Map<String, LatestReading>> answer = new CompletableFuture<>();
			Runnable complete = () -> answer.complete((city == null) ? this.cities
					: this.cities.containsKey(city) ? Map.of(city, this.cities.get(city)) : Map.of());
			if (this.away) {
				this.waiting.add(complete);
			}
			else {
				complete.run();
			}
			return answer;
		}

		@Override
		public Map<String, LatestReading> await(CompletableFuture<Map<String, LatestReading>> answer) {
			if (!answer.isDone()) {
				throw new StoreUnavailable("Cassandra", (Throwable) null);
			}
			return answer.join();
		}

		void answer() {
			this.away = false;
			this.waiting.forEach(Runnable::run);
			this.waiting.clear();
		}

	}

}
