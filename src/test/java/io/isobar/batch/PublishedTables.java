package io.isobar.batch;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.lake.LocalLake;
import io.isobar.spark.CopyText;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Reading;
import org.jspecify.annotations.Nullable;
import org.flywaydb.core.Flyway;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The published tables in a database of their own, at a time that the test sets. */
final class PublishedTables {

	/** How many generations are kept. */
	static final int KEPT = 3;

	/** How long an answer of a provider is waited for. */
	static final Period SETTLES_AFTER = Period.ofDays(5);

	final JdbcClient jdbc;

	final JdbcTemplate template;

	final SingleConnectionDataSource database;

	final TransactionTemplate transaction;

	final GenerationTable table;

	final OrderResults orders;

	final Generations generations;

	final Export export;

	final ClosedDays closed;

	final DayResults days;

	final Pruning pruning;

	private final Clock clock;

	private Instant now = Instant.parse("2026-11-21T02:00:00Z");

	/** Whether all that was streamed is in the lake when a run begins. */
	private boolean streamIsIn = true;

	/** When the readings of a run were pinned; null: just now. */
	private @Nullable Instant pinned;

	private @Nullable SpeedLayer speed;

	PublishedTables(String name) {
		JdbcConnectionDetails details = EmbeddedStores.postgresql(name);
		Flyway.configure()
			.dataSource(new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword()))
			.load()
			.migrate();
		this.database = new SingleConnectionDataSource(details.getJdbcUrl(), details.getUsername(),
				details.getPassword(), true);
		this.template = new JdbcTemplate(this.database);
		this.jdbc = JdbcClient.create(this.template);
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(this.database));
		this.clock = new Clock() {

			@Override
			public Instant instant() {
				return PublishedTables.this.now;
			}

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

		};
		this.days = new JdbcDayResults(this.template, this.jdbc);
		StaticListableBeanFactory checks = new StaticListableBeanFactory();
		checks.addBean("reopenedDays", new ReopenedDays(this.days, speedLayer()));
		this.table = new JdbcGenerationTable(this.jdbc, JsonMapper.shared());
		this.orders = new JdbcOrderResults(LocalLake.in(Path.of("target", "lake-of-" + name)), this.jdbc, this.template,
				JsonMapper.shared(), new JdbcTransactionManager(this.database));
		this.generations = new Generations(this.table, new BatchSettings("0 0 2 * * *", null, KEPT, 5, Duration.ZERO),
				this.clock, checks.getBeanProvider(GenerationCheck.class));
		this.export = new Export(this.template);
		this.closed = new ClosedDays(this.jdbc, this.days, this.clock);
		this.pruning = new Pruning(this.generations, this.template, this.orders, this.transaction, this.clock);
	}

	Instant now() {
		return this.now;
	}

	void setNow(String instant) {
		this.now = Instant.parse(instant);
	}

	void setNow(Instant instant) {
		this.now = instant;
	}

	void setStreamIsIn(boolean streamIsIn) {
		this.streamIsIn = streamIsIn;
	}

	void setPinned(@Nullable Instant pinned) {
		this.pinned = pinned;
	}

	/** The speed layer keeps so many days; null: there is none. */
	void setSpeed(@Nullable Period retention) {
		this.speed = (retention == null) ? null : new SpeedLayer() {

			@Override
			public LocalDate oldestDay(ZoneId zone) {
				return LocalDate.ofInstant(PublishedTables.this.now, zone).minus(retention);
			}

			@Override
			public List<Reading> readings(String city, LocalDate from, LocalDate to) {
				return List.of();
			}

		};
	}

	private ObjectProvider<SpeedLayer> speedLayer() {
		return new ObjectProvider<>() {

			@Override
			public @Nullable SpeedLayer getIfAvailable() {
				return PublishedTables.this.speed;
			}

		};
	}

	/** Nothing is there but these cities, all of which are listed. */
	void clear(Map<String, String> zones) {
		setStreamIsIn(true);
		setPinned(null);
		setSpeed(null);
		Export.versioned().forEach((table) -> this.jdbc.sql("DELETE FROM " + table.name()).update());
		List.of("publishing_hold", "current_generation", "generation", "collected_day", "city")
			.forEach((table) -> this.jdbc.sql("DELETE FROM " + table).update());
		zones.forEach((city,
				zone) -> this.jdbc.sql("INSERT INTO city VALUES (?, 'XX', 1, 1, ?, true)").params(city, zone).update());
	}

	/** A provider has answered about these days. */
	void answered(String provider, String city, String from, String to, boolean settled) {
		for (LocalDate day = LocalDate.parse(from); !day.isAfter(LocalDate.parse(to)); day = day.plusDays(1)) {
			this.jdbc.sql("""
					INSERT INTO collected_day (provider, city, local_day, collected, outcome, settled)
					VALUES (?, ?, ?, now(), 'values', ?)
					ON CONFLICT (provider, city, local_day) DO UPDATE SET settled = excluded.settled""")
				.params(provider, city, day, settled)
				.update();
		}
	}

	/** Exports days and publishes them, everything else being empty. */
	int publish(Collection<Day> days, String... changed) {
		int generation = export(days, changed);
		publish(generation, false);
		return generation;
	}

	Optional<Generations.Hold> publish(int generation, boolean scheduled) {
		return this.transaction
			.execute((status) -> this.generations.publish(Dataset.WEATHER, generation, Map.of(), scheduled));
	}

	/**
	 * Exports days without publishing them.
	 * @param changed lines of changed months; none: everything was computed anew
	 */
	int export(Collection<Day> days, String... changed) {
		takeBackUnpublished();
		Integer base = this.generations.current(Dataset.WEATHER).map(Generation::number).orElse(null);
		Scope scope = (changed.length == 0) ? Scope.ALL : Scope.of(List.of(changed));
		Map<String, Long> readings = new TreeMap<>();
		days.forEach((day) -> readings.merge(day.city(), (Long) day.values().get(WeatherViews.READINGS), Long::sum));
		int generation = this.generations.begin(Dataset.WEATHER, 1,
				new Generations.Made(1, Map.of(), "d", "1", base, scope.isAll() ? "full" : "incremental", readings));
		Export.Attempt attempt = new Export.Attempt(generation, base, scope, false);
		BatchTable table = BatchTable.WEATHER.get(0);
		this.transaction.executeWithoutResult((status) -> this.export.export(table, (pieces) -> {
			for (Day day : days) {
				pieces.piece(day.line(table).getBytes());
			}
		}, attempt));
		this.transaction.executeWithoutResult((status) -> this.closed.close(generation, base, SETTLES_AFTER,
				this.streamIsIn ? this.now : null, this.pinned));
		return generation;
	}

	void takeBackUnpublished() {
		this.generations.unpublished(Dataset.WEATHER).forEach((left) -> {
			this.transaction.executeWithoutResult((status) -> this.export.takeBack(left));
			this.generations.forget(left);
		});
	}

	Generation makeCurrent(int generation) {
		return this.transaction.execute((status) -> this.generations.makeCurrent(generation, "operator"));
	}

	/** The status of a city's day in the current generation. */
	String status(String city, String day) {
		return this.jdbc.sql("""
				SELECT d.status FROM city_day d JOIN current_generation g
				ON d.valid_from <= g.generation AND g.generation < d.valid_to WHERE d.city = ? AND d.local_day = ?""")
			.params(city, LocalDate.parse(day))
			.query(String.class)
			.single();
	}

	/** The closed days of a city in the current generation, as PostgreSQL writes them. */
	String closedDays(String city) {
		return this.jdbc.sql("""
				SELECT c.days::text FROM closed_days c JOIN current_generation g
				ON c.valid_from <= g.generation AND g.generation < c.valid_to WHERE c.city = ?""")
			.param(city)
			.query(String.class)
			.optional()
			.orElse("{}");
	}

	/** How many rows of all tables a generation has begun or ended. */
	int rowsWrittenBy(int generation) {
		return Export.versioned()
			.mapToInt((table) -> this.jdbc
				.sql("SELECT count(*) FROM %s WHERE valid_from = :g OR valid_to = :g".formatted(table.name()))
				.param("g", generation)
				.query(Integer.class)
				.single())
			.sum();
	}

	/** A day of a city: 24 hours of temperatures from 5 to 15 °C. */
	record Day(String city, LocalDate day, Map<String, Object> values) {

		static Day of(String city, String day) {
			Map<String, Object> values = new HashMap<>();
			values.put("resolution", "hour");
			values.put("simulated", false);
			values.put("expected_readings", 24);
			values.put(WeatherViews.READINGS, 24L);
			values.put("readings_open_meteo", 24L);
			values.put("temperature_count", 24L);
			values.put("temperature_sum", 240.0);
			values.put("temperature_square", 2400.0);
			values.put("temperature_min", 5.0);
			values.put("temperature_max", 15.0);
			return new Day(city, LocalDate.parse(day), values);
		}

		static List<Day> of(String city, String from, String to) {
			List<Day> days = new ArrayList<>();
			LocalDate.parse(from)
				.datesUntil(LocalDate.parse(to).plusDays(1))
				.forEach((day) -> days.add(of(city, day.toString())));
			return days;
		}

		Day with(String column, Object value) {
			Map<String, Object> values = new HashMap<>(this.values);
			values.put(column, value);
			return new Day(this.city, this.day, values);
		}

		/** All its readings came from there: {@code file}, {@code open_meteo}. */
		Day from(String origin) {
			return with("readings_open_meteo", 0L).with("readings_" + origin, this.values.get(WeatherViews.READINGS));
		}

		private String line(BatchTable table) {
			return CopyText.line(table.columns().stream().map(this::value).toArray());
		}

		/** Its value in a column of {@code city_day}. */
		Object value(String column) {
			if (column.equals("city")) {
				return this.city;
			}
			if (column.equals("local_day")) {
				return this.day;
			}
			boolean number = column.startsWith("readings") || column.endsWith("_count");
			boolean sum = column.endsWith("_sum") || column.endsWith("_square");
			return this.values.getOrDefault(column, number ? (Object) 0L : (sum ? (Object) 0.0 : null));
		}

	}

}
