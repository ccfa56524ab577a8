package io.isobar.batch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Fence;
import io.isobar.provider.Cities;
import io.isobar.views.LocalCalendar;
import io.isobar.views.ReadingsFold;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Reading;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.step.StepExecution;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Compares, for the days that a run closes, what the speed layer said of them with what
 * the batch layer says, over the hours of which both have a value. So whoever looked at a
 * day while it was open learns how right that was.
 */
@Component
@EnableConfigurationProperties(ToleranceSettings.class)
public class Reconciliation {

	/** The speed layer has no readings of the day. */
	public static final String NO_READINGS = "no_readings";

	/** There is no hour of which both have a value. */
	public static final String NO_COMMON_HOURS = "no_common_hours";

	/** The store of the speed layer did not answer. */
	public static final String UNAVAILABLE = "unavailable";

	/**
	 * So many readings of the stream are looked at together, at least a day of a city.
	 */
	static final int TOGETHER = 200_000;

	private static final String WRITE = """
			INSERT INTO reconciliation (city, local_day, metric, hours, speed, batch, tolerance, not_compared)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)""";

	/**
	 * Of what several generations have said of a day that was open in between, the newest
	 * counts that the current one may have been made from.
	 */
	private static final String ROWS = """
			SELECT DISTINCT ON (r.local_day, r.city COLLATE "C", r.metric) r.* FROM current_generation g
			JOIN reconciliation r ON r.generation <= g.generation AND r.local_day BETWEEN ? AND ?
			JOIN closed_days k ON k.city = r.city AND k.valid_from <= g.generation AND g.generation < k.valid_to
			  AND k.days @> r.local_day
			WHERE g.dataset = 'weather'
			ORDER BY r.local_day, r.city COLLATE "C", r.metric, r.generation DESC""";

	/**
	 * A metric of a city's day in both layers.
	 *
	 * @param hours how many were compared
	 * @param speed mean or sum over these hours; null where nothing was compared, then
	 * also batch, the difference and whether it is tolerated
	 * @param notCompared why nothing was compared; else null
	 * @param generation the one that closed the day
	 */
	public record Compared(String city, LocalDate day, Metric metric, int hours, @Nullable Double speed,
			@Nullable Double batch, double tolerance, @Nullable String notCompared, int generation) {

		/** What the speed layer said more than the batch layer says. */
		public @Nullable Double difference() {
			return (this.speed != null && this.batch != null) ? (Double) (this.speed - this.batch) : null;
		}

		public @Nullable Boolean withinTolerance() {
			Double difference = difference();
			return (difference != null) ? (Boolean) (Math.abs(difference) <= this.tolerance) : null;
		}

	}

	/** A slot of a city's day. */
	private record Slot(long start, boolean simulated) implements Comparable<Slot> {

		@Override
		public int compareTo(Slot other) {
			int order = Long.compare(this.start, other.start);
			return (order != 0) ? order : Boolean.compare(this.simulated, other.simulated);
		}

	}

	private final ObjectProvider<SpeedLayer> speed;

	private final ReadingsOfDays lake;

	private final Cities cities;

	private final ClosedDays closed;

	private final Map<Metric, Double> tolerances;

	private final Fence fence;

	private final ExecutionNotes notes;

	private final JdbcTemplate template;

	private final JdbcClient jdbc;

	Reconciliation(ObjectProvider<SpeedLayer> speed, ReadingsOfDays lake, Cities cities, ClosedDays closed,
			ToleranceSettings settings, Fence fence, ExecutionNotes notes, JdbcTemplate template, JdbcClient jdbc) {
		this.speed = speed;
		this.lake = lake;
		this.cities = cities;
		this.closed = closed;
		this.tolerances = settings.byMetric();
		this.fence = fence;
		this.notes = notes;
		this.template = template;
		this.jdbc = jdbc;
	}

	/**
	 * Compares all days that the run may close. Which of them it does close is known once
	 * everything is exported.
	 * @see #belongTo
	 */
	void compare(StepExecution step, RunContext run) {
		this.fence.writing(step, () -> this.jdbc.sql("""
				DELETE FROM reconciliation WHERE generation IS NULL
				  OR generation NOT IN (SELECT generation FROM generation WHERE published_at IS NOT NULL)""").update());
		SpeedLayer layer = this.speed.getIfAvailable();
		Instant complete = run.complete();
		if (layer == null || complete == null) {
			return;
		}
		new Comparison(step, run.readingsVersion(), layer, complete).all();
	}

	/** One run's. */
	private final class Comparison {

		private final StepExecution step;

		private final long version;

		private final SpeedLayer layer;

		private final Instant complete;

		private final Map<String, ZoneId> zones = new TreeMap<>();

		/** What counts in the speed layer, by city and day. */
		private final Map<String, Map<LocalDate, Map<Slot, double[]>>> said = new TreeMap<>();

		private final List<@Nullable Object[]> rows = new ArrayList<>();

		private int together;

		/** What the store of the speed layer says instead of answering. */
		private @Nullable String failure;

		Comparison(StepExecution step, long version, SpeedLayer layer, Instant complete) {
			this.step = step;
			this.version = version;
			this.layer = layer;
			this.complete = complete;
		}

		void all() {
			ClosedDays.Current before = Reconciliation.this.closed.current().orElse(null);
			Map<LocalDate, Set<String>> open = new TreeMap<>();
			for (City city : Reconciliation.this.cities.all()) {
				this.zones.put(city.name(), city.zone());
				DayRanges closedBefore = (before != null) ? before.of(city.name()) : DayRanges.NONE;
				LocalDate oldest = this.layer.oldestDay(city.zone());
				LocalDate today = LocalDate.ofInstant(this.complete, city.zone());
				for (LocalDate day = oldest; day.isBefore(today); day = day.plusDays(1)) {
					if (!closedBefore.contains(day)) {
						open.computeIfAbsent(day, (key) -> new TreeSet<>()).add(city.name());
					}
				}
			}
			open.forEach((day, names) -> names.forEach((city) -> hear(city, day)));
			compareWithLake();
			String unavailable = this.failure;
			if (unavailable != null) {
				Reconciliation.this.notes.note(this.step,
						"What the speed layer said of the days that are closed now was not compared, as its store does not answer: %s"
							.formatted(unavailable));
			}
			Reconciliation.this.fence.writing(this.step,
					() -> Reconciliation.this.template.batchUpdate(WRITE, this.rows));
		}

		private void hear(String city, LocalDate day) {
			if (this.failure != null) {
				notCompared(city, day, UNAVAILABLE);
				return;
			}
			List<Reading> readings;
			try {
				readings = this.layer.readings(city, day, day);
			}
			catch (RuntimeException ex) {
				// The run has something better to do than to wait for it again and again
				this.failure = String.valueOf(ex.getMessage());
				notCompared(city, day, UNAVAILABLE);
				return;
			}
			Map<Slot, double[]> slots = slots(readings, city, day);
			if (slots.isEmpty()) {
				notCompared(city, day, NO_READINGS);
				return;
			}
			this.said.computeIfAbsent(city, (key) -> new TreeMap<>()).put(day, slots);
			this.together += readings.size();
			if (this.together >= TOGETHER) {
				compareWithLake();
			}
		}

		private void notCompared(String city, LocalDate day, String reason) {
			Reconciliation.this.tolerances
				.forEach((metric, tolerance) -> add(city, day, metric, 0, null, null, tolerance, reason));
		}

		private void add(String city, LocalDate day, Metric metric, int hours, @Nullable Double speed,
				@Nullable Double batch, double tolerance, @Nullable String reason) {
			this.rows
				.add(new @Nullable Object[] { city, day, metric.column(), hours, speed, batch, tolerance, reason });
		}

		private Map<Slot, double[]> slots(List<Reading> readings, String city, LocalDate day) {
			Map<Slot, double[]> slots = new TreeMap<>();
			LocalCalendar calendar = new LocalCalendar(zone(city));
			ReadingsFold.slots(readings, this::zone, (name, start, simulated, values) -> {
				if (calendar.dayOf(start) == day.toEpochDay()) {
					slots.put(new Slot(start, simulated), values.clone());
				}
			});
			return slots;
		}

		private ZoneId zone(String city) {
			return this.zones.getOrDefault(city, ZoneId.of("UTC"));
		}

		private void compareWithLake() {
			if (this.said.isEmpty()) {
				return;
			}
			Map<String, Set<LocalDate>> days = new TreeMap<>();
			this.said.forEach((city, each) -> days.put(city, each.keySet()));
			Map<String, List<Reading>> readings = Reconciliation.this.lake.read(this.version, days, this.zones);
			this.said.forEach((city,
					each) -> each.forEach((day, slots) -> compare(city, day, slots,
							slots(readings.getOrDefault(city, List.of())
								.stream()
								.filter((reading) -> LocalDate.ofInstant(reading.observedAt(), zone(city)).equals(day))
								.toList(), city, day))));
			this.said.clear();
			this.together = 0;
		}

		private void compare(String city, LocalDate day, Map<Slot, double[]> speed, Map<Slot, double[]> batch) {
			Reconciliation.this.tolerances.forEach((metric, tolerance) -> {
				// As in a day's state: what is simulated counts where nothing is real
				boolean simulated = !isMeasured(metric, speed) && !isMeasured(metric, batch);
				int hours = 0;
				double sumOfSpeed = 0;
				double sumOfBatch = 0;
				for (Map.Entry<Slot, double[]> slot : speed.entrySet()) {
					double[] other = batch.get(slot.getKey());
					double said = slot.getValue()[metric.ordinal()];
					double says = (other != null) ? other[metric.ordinal()] : Double.NaN;
					if (slot.getKey().simulated() == simulated && !Double.isNaN(said) && !Double.isNaN(says)) {
						hours++;
						sumOfSpeed += said;
						sumOfBatch += says;
					}
				}
				if (hours == 0) {
					add(city, day, metric, 0, null, null, tolerance, NO_COMMON_HOURS);
				}
				else {
					int by = metric.isSum() ? 1 : hours;
					add(city, day, metric, hours, sumOfSpeed / by, sumOfBatch / by, tolerance, null);
				}
			});
		}

	}

	/** Whether there is any hour in which it was measured, not simulated. */
	private static boolean isMeasured(Metric metric, Map<Slot, double[]> slots) {
		return slots.entrySet()
			.stream()
			.anyMatch((slot) -> !slot.getKey().simulated() && !Double.isNaN(slot.getValue()[metric.ordinal()]));
	}

	/**
	 * What was compared belongs to a generation, as far as it has closed the days; in the
	 * transaction that closes them.
	 */
	void belongTo(int generation) {
		this.jdbc.sql("""
				UPDATE reconciliation r SET generation = :generation FROM closed_days k
				WHERE r.generation IS NULL AND k.city = r.city
				  AND k.valid_from <= :generation AND :generation < k.valid_to AND k.days @> r.local_day""")
			.param("generation", generation)
			.update();
	}

	/** It will belong to another attempt at the generation. */
	void takeBack(int generation) {
		this.jdbc.sql("UPDATE reconciliation SET generation = NULL WHERE generation = ?").param(generation).update();
	}

	/** By day, city and metric; both ends included. */
	public List<Compared> of(LocalDate from, LocalDate to) {
		return this.jdbc.sql(ROWS).params(from, to).query((row, number) -> compared(row)).list();
	}

	/** Of the days that this generation has closed. */
	public List<Compared> closedBy(int generation) {
		return this.jdbc
			.sql("SELECT * FROM reconciliation WHERE generation = ? ORDER BY local_day, city COLLATE \"C\", metric")
			.param(generation)
			.query((row, number) -> compared(row))
			.list();
	}

	private static Compared compared(ResultSet row) throws SQLException {
		return new Compared(row.getString("city"), row.getObject("local_day", LocalDate.class),
				Metric.valueOf(row.getString("metric").toUpperCase(Locale.ROOT)), row.getInt("hours"),
				row.getObject("speed", Double.class), row.getObject("batch", Double.class), row.getDouble("tolerance"),
				row.getString("not_compared"), row.getInt("generation"));
	}

}
