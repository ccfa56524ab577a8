package io.isobar.speed;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.isobar.messages.ReadingBlob;
import io.isobar.messages.WeatherMessage;
import io.isobar.views.LocalCalendar;
import io.isobar.views.ReadingsFold;
import io.isobar.views.State;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;
import io.isobar.weather.Reading;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What the speed layer answers, from Cassandra. Where Cassandra does not answer in time,
 * every method throws {@link io.isobar.web.StoreUnavailable}.
 */
@Component
@ConditionalOnSpeed
public class SpeedViews {

	/** As many days as are asked for at the same time. */
	private static final int DAYS_AT_ONCE = 32;

	private final CassandraStore store;

	private final NewestSeen seen;

	private final LatestReadings latest;

	private final MessageCities cities;

	private final CassandraSettings settings;

	private final SpeedSettings speed;

	private final Clock clock;

	SpeedViews(CassandraStore store, NewestSeen seen, MessageCities cities, CassandraSettings settings,
			SpeedSettings speed, Clock clock) {
		this.store = store;
		this.seen = seen;
		this.latest = new LatestReadings(new Stored(), seen, System::nanoTime);
		this.cities = cities;
		this.settings = settings;
		this.speed = speed;
		this.clock = clock;
	}

	/** A value of a metric, and when it was measured. */
	public record Point(Instant at, double value) {
	}

	/**
	 * A local day as the view {@link WeatherViews#CITY_DAY} has it.
	 *
	 * @param simulated whether it is made of what the simulator said
	 */
	public record DayState(String city, LocalDate day, boolean simulated, State state) {
	}

	/**
	 * The newest reading of each city, by name; also one that is in Kafka and will be in
	 * Cassandra in a moment.
	 * @param city of that city alone; null: of all
	 */
	public List<LatestReading> latest(@Nullable String city) {
		return this.latest.of(city);
	}

	/**
	 * A city's newest reading as soon as it was observed after an instant: at once, or
	 * when this instance sees such a one in Kafka.
	 * @return to be cancelled when nobody waits any more
	 */
	public CompletableFuture<@Nullable LatestReading> latestAfter(String city, Instant after) {
		// Else nothing of it would be seen before somebody else has asked for it
		this.cities.remember(city);
		Map<String, LatestReading> stored = new HashMap<>();
		latest(city).forEach((each) -> stored.put(each.city(), each));
		CompletableFuture<@Nullable LatestReading> answer = new CompletableFuture<>();
		Runnable look = () -> {
			LatestReading newest = this.seen.complete(stored, city).get(city);
			if (newest != null && newest.isAfter(after)) {
				answer.complete(newest);
			}
		};
		Runnable listening = this.seen.listen(city, look);
		answer.whenComplete((any, failure) -> listening.run());
		// What was seen before it listened
		look.run();
		return answer;
	}

	/** What Cassandra has of the newest readings. */
	private final class Stored implements LatestReadings.Store {

		@Override
		public CompletableFuture<Map<String, LatestReading>> ask(@Nullable String city) {
			CassandraStore.Statements statements = SpeedViews.this.store
				.statements(SpeedViews.this.settings.readTimeout());
			Statement<?> statement = (city != null) ? statements.latestOf().bind(city)
					: statements.latestOfAll().bind();
			return statements.template().query(statement, (row, number) -> latest(row)).thenApply((rows) -> {
				Map<String, LatestReading> stored = new HashMap<>();
				rows.forEach((row) -> row.forEach((reading) -> stored.put(reading.city(), reading)));
				return stored;
			});
		}

		@Override
		public Map<String, LatestReading> await(CompletableFuture<Map<String, LatestReading>> answer) {
			return SpeedViews.this.await(answer);
		}

	}

	private static List<LatestReading> latest(Row row) {
		WeatherMessage reading = message(row, "reading");
		return (reading != null) ? List.of(LatestReading.of(reading, message(row, "precipitation"))) : List.of();
	}

	private static @Nullable WeatherMessage message(Row row, String column) {
		ByteBuffer blob = row.getByteBuffer(column);
		return (blob != null) ? ReadingBlob.read(String.valueOf(row.getString("city")), bytes(blob)) : null;
	}

	/**
	 * The values of a metric in the order of time: one for each instant, the one that
	 * counts.
	 * @param from inclusive
	 * @param to exclusive
	 */
	public List<Point> series(String city, Metric metric, Instant from, Instant to) {
		Map<Instant, Reading> points = new TreeMap<>();
		for (Reading reading : readings(city, from, to)) {
			if (reading.values().has(metric)) {
				points.merge(reading.observedAt(), reading,
						(one, other) -> (atOneInstant(metric).compare(one, other) >= 0) ? one : other);
			}
		}
		return points.values()
			.stream()
			.map((reading) -> new Point(reading.observedAt(), reading.values().orNaN(metric)))
			.toList();
	}

	/** The last is the one that the slot rule takes. */
	private static Comparator<Reading> atOneInstant(Metric metric) {
		return Comparator.comparingInt((Reading reading) -> reading.origin().rank())
			.thenComparing(Reading::collected)
			.thenComparingDouble((reading) -> reading.values().orNaN(metric));
	}

	/**
	 * The states of a city's local day, folded as the batch layer does: none, one of real
	 * readings, one of simulated ones, or both.
	 */
	public List<DayState> cityDay(String city, LocalDate day) {
		return cityDays(city, day, day);
	}

	/**
	 * As {@link #cityDay}, of several days, both included. Days that are no longer kept
	 * have none.
	 */
	public List<DayState> cityDays(String city, LocalDate from, LocalDate to) {
		ZoneId zone = this.cities.zone(city);
		List<DayState> states = new ArrayList<>();
		ReadingsFold.foldDays(readings(city, from, to), (name) -> zone, (name, day, resolution, simulated, state) -> {
			LocalDate date = LocalDate.ofEpochDay(day);
			if (!date.isBefore(from) && !date.isAfter(to)) {
				states.add(new DayState(name, date, simulated, state.copy()));
			}
		});
		return List.copyOf(states);
	}

	/** What is kept of a city's local days, both included, in the order of time. */
	public List<Reading> readings(String city, LocalDate from, LocalDate to) {
		LocalCalendar calendar = new LocalCalendar(this.cities.zone(city));
		return readings(city, Instant.ofEpochSecond(calendar.dayStart(from.toEpochDay())),
				Instant.ofEpochSecond(calendar.dayEnd(to.toEpochDay())));
	}

	/** The first local day in a zone of which all is still kept that has come in. */
	public LocalDate oldestDay(ZoneId zone) {
		return LocalDate.ofInstant(this.clock.instant(), zone).minus(this.speed.retention());
	}

	/** What is kept of a city in a span of time, in the order of time. */
	private List<Reading> readings(String city, Instant from, Instant to) {
		ZoneId zone = this.cities.zone(city);
		LocalDate today = LocalDate.ofInstant(this.clock.instant(), zone);
		// A city whose zone has changed since then has readings under the days beside
		LocalDate first = later(LocalDate.ofInstant(from, zone), today.minus(this.speed.retention())).minusDays(2);
		LocalDate last = earlier(LocalDate.ofInstant(to, zone), today).plusDays(2);
		List<Reading> readings = stored(city, first, last, from, to);
		readings.sort(Comparator.comparing(Reading::observedAt));
		return readings;
	}

	/**
	 * What Cassandra has under days of a city, in no order.
	 * @param last excluded, as is {@code to}
	 */
	List<Reading> stored(String city, LocalDate first, LocalDate last, Instant from, Instant to) {
		CassandraStore.Statements statements = this.store.statements(this.settings.readTimeout());
		PreparedStatement statement = statements.readings();
		List<Reading> readings = new ArrayList<>();
		for (LocalDate begin = first; begin.isBefore(last); begin = begin.plusDays(DAYS_AT_ONCE)) {
			List<CompletableFuture<List<List<Reading>>>> days = begin
				.datesUntil(earlier(last, begin.plusDays(DAYS_AT_ONCE)))
				.map((day) -> statements.template()
					.query(statement.bind(city, day, from, to), (row, number) -> readings(city, row)))
				.toList();
			days.forEach((day) -> await(day).forEach(readings::addAll));
		}
		return readings;
	}

	private static LocalDate earlier(LocalDate one, LocalDate other) {
		return (one.isBefore(other)) ? one : other;
	}

	private static LocalDate later(LocalDate one, LocalDate other) {
		return (one.isAfter(other)) ? one : other;
	}

	private static List<Reading> readings(String city, Row row) {
		Map<String, ByteBuffer> cells = row.getMap("readings", String.class, ByteBuffer.class);
		return (cells == null) ? List.of()
				: cells.values().stream().map((cell) -> ReadingBlob.read(city, bytes(cell)).reading()).toList();
	}

	private static byte[] bytes(ByteBuffer buffer) {
		byte[] bytes = new byte[buffer.remaining()];
		buffer.duplicate().get(bytes);
		return bytes;
	}

	private <T> T await(CompletableFuture<T> answer) {
		return CassandraStore.await(answer, this.settings.readTimeout());
	}

}
