package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import io.isobar.lake.Lake;
import io.isobar.lake.LakeTable;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.ReplacedSources;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** The readings of hours that the lake has of some days, without Spark: of few days. */
@Component
class ReadingsOfDays {

	private static final List<String> COLUMNS = columns();

	private static final int FIRST_VALUE = 6;

	private final Lake lake;

	private final LakeTable tables;

	ReadingsOfDays(Lake lake, LakeTable tables) {
		this.lake = lake;
		this.tables = tables;
	}

	private static List<String> columns() {
		List<String> columns = new ArrayList<>(
				List.of("city", "observed_at", "resolution", "origin", "channel", "collected"));
		Metric.ALL.forEach((metric) -> columns.add(metric.column()));
		columns.add("source");
		return List.copyOf(columns);
	}

	/**
	 * Reads them, each city's in the order of time.
	 * @param version of the table of readings
	 * @param days the local days of each city, by name
	 * @param zones the zone of each city, by name
	 */
	Map<String, List<Reading>> read(long version, Map<String, ? extends Collection<LocalDate>> days,
			Map<String, ZoneId> zones) {
		Set<String> months = new HashSet<>();
		// Filed by another zone, they may lie in the month beside
		days.values()
			.forEach((each) -> each.forEach((day) -> day.minusDays(1)
				.datesUntil(day.plusDays(2))
				.forEach((near) -> months.add(YearMonth.from(near).toString()))));
		Set<String> replaced = this.tables.metadata(this.lake.readings(), version, ReplacedSources.DOMAIN)
			.map(ReplacedSources::of)
			.orElse(ReplacedSources.NONE)
			.names();
		Map<String, List<Reading>> readings = new TreeMap<>();
		this.tables.read(this.lake.readings(), version, COLUMNS, (partition) -> months.contains(partition.get("month")),
				(row) -> {
					Collection<LocalDate> wanted = days.get(text(row[0]));
					if (wanted != null && wanted.contains(day(row, zones)) && isHour(row)
							&& !replaced.contains(String.valueOf(row[COLUMNS.size() - 1]))) {
						readings.computeIfAbsent(text(row[0]), (city) -> new ArrayList<>()).add(reading(row));
					}
				});
		readings.values().forEach((each) -> each.sort(Comparator.comparing(Reading::observedAt)));
		return readings;
	}

	private static LocalDate day(@Nullable Object[] row, Map<String, ZoneId> zones) {
		return LocalDate.ofInstant((Instant) Objects.requireNonNull(row[1]),
				Objects.requireNonNull(zones.get(text(row[0]))));
	}

	private static boolean isHour(@Nullable Object[] row) {
		return Resolution.HOUR.column().equals(row[2]);
	}

	private static Reading reading(@Nullable Object[] row) {
		Map<Metric, Double> values = new TreeMap<>();
		for (Metric metric : Metric.ALL) {
			if (row[FIRST_VALUE + metric.ordinal()] instanceof Double value) {
				values.put(metric, value);
			}
		}
		return Reading.hour(text(row[0]), (Instant) Objects.requireNonNull(row[1]), new Origin(text(row[3])),
				Channel.ofColumn(text(row[4])), (Instant) Objects.requireNonNull(row[5]), Values.of(values));
	}

	private static String text(@Nullable Object value) {
		return String.valueOf(value);
	}

}
