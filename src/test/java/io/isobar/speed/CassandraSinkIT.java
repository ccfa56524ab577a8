package io.isobar.speed;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.cql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import io.isobar.embedded.Faults;
import io.isobar.messages.RandomMessages;
import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.views.FoldedStates;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import io.isobar.web.StoreUnavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What Cassandra keeps, and that it keeps what counts. */
@StoresTest
class CassandraSinkIT {

	private static final int SEEDS = Math.max(100, 2000 * Faults.repetitions());

	@Autowired
	private CassandraStore store;

	@Autowired
	private MessageCities known;

	@Autowired
	private CassandraSettings settings;

	@Autowired
	private CassandraSink sink;

	/** They look into Cassandra every time, as they do not follow Kafka. */
	private SpeedViews views;

	@Autowired
	private Cities cities;

	@Autowired
	private CqlSessionBuilder sessions;

	@BeforeEach
	void cassandraAnswers() {
		StoresTest.Ready.await(this.store);
		this.views = new SpeedViews(this.store, new NewestSeen(Clock.systemUTC()), this.known, this.settings,
				new SpeedSettings(true, "stores", Period.ofDays(35)), Clock.systemUTC());
	}

	@Test
	void whatCassandraKeepsFoldsToTheSameDaysAsAllMessagesWhateverTheirOrderAndBatches() {
		// Around the last days on which clocks changed, and in a zone without
		List<ZoneId> zonesOfAllKinds = Stream
			.of("Europe/Paris", "Australia/Lord_Howe", "America/Havana", "America/St_Johns", "Asia/Kolkata")
			.map(ZoneId::of)
			.toList();
		SpeedSettings kept = new SpeedSettings(true, "stores", Period.ofYears(2));
		SpeedViews then = new SpeedViews(this.store, new NewestSeen(Clock.systemUTC()), this.known, this.settings, kept,
				Clock.systemUTC());
		for (int seed = 0; seed < SEEDS; seed++) {
			Random random = new Random(seed);
			ZoneId zone = zonesOfAllKinds.get(seed % zonesOfAllKinds.size());
			ZoneOffsetTransition change = zone.getRules().previousTransition(hoursAgo(48));
			LocalDate first = (zone.getRules().nextTransition(hoursAgo(48)) != null)
					? change.getDateTimeBefore().toLocalDate().minusDays(1) : LocalDate.now(zone).minusDays(3);
			String city = "Seed " + seed;
			this.cities.register(new City(city, "XX", null, null, zone, false));
			Instant begin = first.atStartOfDay(zone).toInstant();
			List<WeatherMessage> messages = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				messages.add(RandomMessages.message(city, begin, Duration.ofHours(36), random));
			}

			CassandraSink keeping = new CassandraSink(this.store, this.known, this.settings, kept, Clock.systemUTC());
			delivered(messages, random).forEach(keeping::write);

			FoldedStates expected = FoldedStates.of(messages.stream().map(WeatherMessage::reading).toList(),
					(name) -> zone);
			first.datesUntil(first.plusDays(3)).forEach((day) -> {
				expected.assertDay(city, day,
						then.cityDay(city, day)
							.stream()
							.collect(Collectors.toMap(SpeedViews.DayState::simulated, SpeedViews.DayState::state)));
			});
		}
	}

	@Test
	void tablesThatSomebodyHasDroppedAreMadeAgain() {
		try (CqlSession cassandra = this.sessions.build()) {
			cassandra.execute("DROP TABLE %s.latest_by_city".formatted(this.settings.keyspace()));
			cassandra.execute("DROP TABLE %s.readings_by_city_day".formatted(this.settings.keyspace()));
		}
		List<WeatherMessage> messages = List
			.of(message("Dropped", hoursAgo(1), hoursAgo(1), Origin.OPEN_METEO, Metric.TEMPERATURE, 7));

		await().ignoreExceptionsInstanceOf(StoreUnavailable.class).atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
			this.sink.write(messages);
			assertThat(this.views.latest("Dropped")).hasSize(1);
		});
	}

	/** In any order, in batches of any size, some of them again. */
	private static List<List<WeatherMessage>> delivered(List<WeatherMessage> messages, Random random) {
		List<WeatherMessage> order = new ArrayList<>(messages);
		Collections.shuffle(order, random);
		List<List<WeatherMessage>> batches = new ArrayList<>();
		for (int from = 0; from < order.size();) {
			int to = Math.min(order.size(), from + 1 + random.nextInt(50));
			batches.add(order.subList(from, to));
			// Redelivered with other borders
			from = (random.nextInt(3) == 0) ? from + (to - from) / 2 + 1 : to;
		}
		return batches;
	}

	@Test
	void ofTwoThatWereCollectedInTheSameMillisecondTheLargerStaysAlsoWhenTheSmallerComesLater() {
		Instant noon = hoursAgo(3);
		WeatherMessage larger = message("Tie", noon, noon.plusSeconds(60), Origin.OPEN_METEO, Metric.TEMPERATURE, 9);
		WeatherMessage smaller = message("Tie", noon, noon.plusSeconds(60), Origin.OPEN_METEO, Metric.TEMPERATURE, -9);

		at(Instant.now()).write(List.of(larger));
		at(Instant.now().plusSeconds(30)).write(List.of(smaller));

		assertThat(this.views.latest("Tie")).singleElement()
			.satisfies((latest) -> assertThat(latest.values().orNaN(Metric.TEMPERATURE)).isEqualTo(9));
		assertThat(this.views.series("Tie", Metric.TEMPERATURE, noon, noon.plusSeconds(1)))
			.containsExactly(new SpeedViews.Point(noon, 9));
	}

	@Test
	void readingsOfOneInstantStandBesideEachOtherAndNoneReplacesAnother() {
		Instant noon = hoursAgo(3);
		this.sink.write(List.of(message("Beside", noon, noon, Origin.OPEN_METEO, Metric.TEMPERATURE, 7),
				message("Beside", noon, noon.plusSeconds(9), Origin.OPEN_METEO, Metric.PRECIPITATION, 2),
				message("Beside", noon, noon.plusSeconds(5), Origin.SIMULATED, Metric.TEMPERATURE, 30)));

		try (CqlSession session = this.sessions.build()) {
			Row row = session
				.execute(
						"SELECT readings FROM stores.readings_by_city_day WHERE city = 'Beside' "
								+ "AND local_day = ? AND observed_at = ?",
						LocalDate.ofInstant(noon, ZoneOffset.UTC), noon)
				.one();
			assertThat(row.getMap("readings", String.class, ByteBuffer.class)).containsOnlyKeys("open_meteo#1",
					"open_meteo#100", "simulated#1");
		}
		assertThat(this.views.series("Beside", Metric.TEMPERATURE, noon, noon.plusSeconds(1)))
			.containsExactly(new SpeedViews.Point(noon, 7));
	}

	@Test
	void theLatestNeverGoesBack() {
		Instant now = hoursAgo(1);
		WeatherMessage newest = message("Back", now, now.plusSeconds(5), Origin.OPEN_METEO, Metric.TEMPERATURE, 1);
		this.sink.write(List.of(newest));

		// Older, however late it was collected; and one that measured nothing
		this.sink.write(List
			.of(message("Back", now.minusSeconds(1), now.plusSeconds(3000), Origin.OPEN_METEO, Metric.TEMPERATURE, 2)));
		this.sink.write(List.of(nothing("Back", now.plusSeconds(60))));

		assertThat(this.views.latest("Back")).extracting(LatestReading::message).containsExactly(newest);
	}

	@Test
	void rainOfTheLastTwoHoursGoesWithTheNewestReading() {
		Instant now = hoursAgo(1);
		WeatherMessage measured = message("Rain", now, now, Origin.OPEN_METEO, Metric.TEMPERATURE, 1);
		WeatherMessage rain = message("Rain", now.minusSeconds(7200), now, Origin.OPEN_METEO, Metric.PRECIPITATION, 4);
		this.sink.write(List.of(measured));
		this.sink.write(List
			.of(message("Rain", now.minusSeconds(7300), now, Origin.OPEN_METEO, Metric.PRECIPITATION, 9), rain));
		assertThat(precipitation("Rain")).isEqualTo(4);

		this.sink.write(List
			.of(message("Rain", now.plusSeconds(1), now.plusSeconds(1), Origin.OPEN_METEO, Metric.TEMPERATURE, 1)));
		assertThat(precipitation("Rain")).isNaN();

		this.sink.write(List.of(message("Rain", now, now.plusSeconds(2), Origin.SIMULATED, Metric.PRECIPITATION, 5)));
		assertThat(precipitation("Rain")).isNaN();
	}

	private double precipitation(String city) {
		return this.views.latest(city).get(0).values().orNaN(Metric.PRECIPITATION);
	}

	@Test
	void aDayExpiresAsAWholeAtItsEndAndTheRetention() {
		Instant noon = hoursAgo(3);
		WeatherMessage message = message("Paris", noon, noon, Origin.OPEN_METEO, Metric.TEMPERATURE, 7);
		this.sink.write(List.of(message));

		LocalDate day = LocalDate.ofInstant(noon, ZoneId.of("Europe/Paris"));
		Instant expires = day.plusDays(36).atStartOfDay(ZoneId.of("Europe/Paris")).toInstant();
		try (CqlSession session = this.sessions.build()) {
			Row row = session.execute("SELECT ttl(reading) AS ttl FROM stores.latest_by_city WHERE city = 'Paris'")
				.one();
			assertThat(Instant.now().plusSeconds(row.getInt("ttl"))).isBetween(expires.minusSeconds(10),
					expires.plusSeconds(10));
		}
	}

	@Test
	void whatIsPastItsTimeIsNotWritten() {
		Instant old = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(37));

		this.sink.write(List.of(message("Old", old, old, Origin.OPEN_METEO, Metric.TEMPERATURE, 7)));

		assertThat(this.views.latest("Old")).isEmpty();
	}

	@Test
	void aCityThatOnlyMessagesSpeakOfIsRegisteredUnlistedInUtc() {
		Instant noon = hoursAgo(3);

		this.known.settled(message("Nowhere", noon, noon, Origin.OPEN_METEO, Metric.TEMPERATURE, 7));

		assertThat(this.cities.named("Nowhere")).contains(new City("Nowhere", "FR", 1.5, 2.5, ZoneId.of("UTC"), false));
	}

	@Test
	void aChangedZoneLosesNoReading() {
		// Written while nobody knew the zone, asked for when it is known
		Instant begin = LocalDate.now(ZoneOffset.UTC).minusDays(2).atStartOfDay(ZoneOffset.UTC).toInstant();
		for (int hour = 0; hour < 48; hour++) {
			Instant at = begin.plus(hour, ChronoUnit.HOURS);
			this.sink.write(List.of(message("Moved", at, at, Origin.OPEN_METEO, Metric.TEMPERATURE, hour)));
		}
		Function<String, ZoneId> moved = (city) -> ZoneId.of("Pacific/Auckland");
		MessageCities known = new MessageCities(this.cities) {
			@Override
			ZoneId zone(String city) {
				return moved.apply(city);
			}
		};

		LocalDate day = LocalDate.ofInstant(begin.plus(24, ChronoUnit.HOURS), moved.apply("Moved"));
		SpeedViews then = new SpeedViews(this.store, new NewestSeen(Clock.systemUTC()), known, this.settings,
				new SpeedSettings(true, "stores", Period.ofDays(35)), Clock.systemUTC());

		assertThat(then.cityDay("Moved", day)).singleElement()
			.satisfies((state) -> assertThat(state.state().count(0)).isEqualTo(24));
	}

	private CassandraSink at(Instant now) {
		return new CassandraSink(this.store, this.known, this.settings,
				new SpeedSettings(true, "stores", Period.ofDays(35)), Clock.fixed(now, ZoneOffset.UTC));
	}

	static Instant hoursAgo(int hours) {
		return Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(hours, ChronoUnit.HOURS);
	}

	static WeatherMessage nothing(String city, Instant observed) {
		return message(city, observed, observed, Origin.OPEN_METEO, Values.NONE);
	}

	static WeatherMessage message(String city, Instant observed, Instant collected, Origin origin, Metric metric,
			double value) {
		return message(city, observed, collected, origin, Values.of(Map.of(metric, value)));
	}

	static WeatherMessage message(String city, Instant observed, Instant collected, Origin origin, Values values) {
		return new WeatherMessage(
				new Reading(city, observed, Resolution.HOUR, origin, Channel.STREAM, collected, values, Values.NONE,
						Values.NONE, "Clear", Map.of()),
				"FR", WeatherMessage.stationId(city, "FR"), 1.5, 2.5, false, null, Outlook.UNKNOWN);
	}

}
