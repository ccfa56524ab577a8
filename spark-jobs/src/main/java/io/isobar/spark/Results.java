package io.isobar.spark;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

import io.isobar.weather.Metric;

/**
 * The results of an analysis as files of lines, in the order of the columns that
 * {@link #COLUMNS} names. As many rows as there are cities and months: written by the
 * driver, without a job of Spark.
 */
public final class Results {

	/** The columns of each result, by table. */
	public static final Map<String, List<String>> COLUMNS = Map.of(WeatherAnalysis.CITY_MONTH, monthColumns(),
			WeatherAnalysis.AMPLITUDE, List.of("city", "month", "mean_daily_amplitude", "max_daily_amplitude", "days"),
			WeatherAnalysis.DEGREE_DAYS, List.of("city", "month", "heating", "cooling", "days"),
			WeatherAnalysis.NORMALS, List.of("city", "day", "mean", "low", "high", "years"), WeatherAnalysis.COMPARISON,
			List.of("metric", "city", "rank", "mean", "min", "max", "standard_deviation", "count"),
			WeatherAnalysis.EXTREMES, List.of("metric", "kind", "rank", "city", "value", "observed_at", "origin"),
			WeatherAnalysis.CORRELATIONS, List.of("city", "first", "second", "coefficient", "pairs"),
			WeatherAnalysis.CLUSTERS, List.of("city", "cluster", "label", "silhouette", "temperature", "humidity",
					"precipitation", "wind_speed"));

	private static final List<Metric> PROFILE = List.of(Metric.TEMPERATURE, Metric.HUMIDITY, Metric.PRECIPITATION,
			Metric.WIND_SPEED);

	private final Configuration configuration;

	private final String folder;

	Results(Configuration configuration, String folder) {
		this.configuration = configuration;
		this.folder = folder;
	}

	void write(String table, List<String> lines) throws IOException {
		Path path = new Path(this.folder, table);
		FileSystem files = path.getFileSystem(this.configuration);
		try (BufferedWriter writer = new BufferedWriter(
				new OutputStreamWriter(files.create(path, true), StandardCharsets.UTF_8))) {
			for (String line : lines) {
				writer.write(line);
			}
		}
	}

	static List<String> months(Map<CityMonths.Key, Merged> months, Map<String, String> zones) {
		List<String> lines = new ArrayList<>();
		months.forEach((key, merged) -> {
			List<@Nullable Object> values = new ArrayList<>(List.of(key.city(), key.month(), key.resolution(),
					merged.days, merged.readings, CityMonths.expectedReadings(key, zones)));
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				values.addAll(List.of(merged.counts[metric], merged.sums[metric], merged.squares[metric],
						merged.mins[metric], merged.maxs[metric]));
			}
			lines.add(CopyText.line(values.toArray()));
		});
		return lines;
	}

	private static List<String> monthColumns() {
		List<String> columns = new ArrayList<>(
				List.of("city", "month", "resolution", "days", "readings", "expected_readings"));
		for (Metric metric : Metric.ALL) {
			for (String component : List.of("count", "sum", "square", "min", "max")) {
				columns.add(metric.column() + "_" + component);
			}
		}
		return List.copyOf(columns);
	}

	/** How wide the temperature swings within a day, by month as it is shown. */
	static List<String> amplitudes(Map<CityMonths.Key, Merged> months) {
		List<String> lines = new ArrayList<>();
		CityMonths.shown(months).forEach((key, merged) -> {
			if (merged.amplitudes > 0) {
				lines.add(CopyText.line(key.city(), key.month(), merged.amplitudeSum / merged.amplitudes,
						merged.amplitudeMax, merged.amplitudes));
			}
		});
		return lines;
	}

	/** How far and how long it was too cold or too warm, by month as it is shown. */
	static List<String> degreeDays(Map<CityMonths.Key, Merged> months) {
		List<String> lines = new ArrayList<>();
		CityMonths.shown(months).forEach((key, merged) -> {
			if (merged.degreeDays > 0) {
				lines.add(CopyText.line(key.city(), key.month(), merged.heating, merged.cooling, merged.degreeDays));
			}
		});
		return lines;
	}

	/** The cities side by side over all history, ranked from the highest mean down. */
	static List<String> comparison(Histories histories) {
		Map<String, Merged> compared = histories.compared();
		List<String> lines = new ArrayList<>();
		for (Metric metric : Metric.ALL) {
			List<Map.Entry<String, Merged>> ranked = compared.entrySet()
				.stream()
				.filter((city) -> city.getValue().has(metric))
				.sorted(Comparator.comparingDouble((Map.Entry<String, Merged> city) -> -city.getValue().mean(metric)))
				.toList();
			for (int i = 0; i < ranked.size(); i++) {
				Merged merged = ranked.get(i).getValue();
				lines.add(CopyText.line(metric.column(), ranked.get(i).getKey(), i + 1, merged.mean(metric),
						merged.mins[metric.ordinal()], merged.maxs[metric.ordinal()], merged.standardDeviation(metric),
						merged.counts[metric.ordinal()]));
			}
		}
		return lines;
	}

	/**
	 * The groups of cities that resemble each other; precipitation is that of a day, in
	 * mm.
	 */
	static List<String> clusters(Histories histories) {
		List<Clusters.Profile> profiles = new ArrayList<>();
		histories.compared().forEach((city, merged) -> {
			double[] means = PROFILE.stream().mapToDouble(merged::mean).toArray();
			// The mean of an hour · 24, so that holes do not look like drought; days as
			// they are
			means[PROFILE.indexOf(Metric.PRECIPITATION)] *= histories.isHourly(city) ? 24 : 1;
			profiles.add(new Clusters.Profile(city, means));
		});
		return Clusters.of(profiles)
			.stream()
			.map((member) -> CopyText.line(member.profile().city(), member.cluster(), member.label(),
					member.silhouette(), member.profile().values()[0], member.profile().values()[1],
					member.profile().values()[2], member.profile().values()[3]))
			.toList();
	}

	static List<String> extremes(Histories histories) {
		List<String> lines = new ArrayList<>();
		histories.extremes()
			.forEach((metric, kind, rank, extreme) -> lines.add(CopyText.line(metric.column(), kind, rank,
					extreme.city(), extreme.value(), extreme.observedAt(), extreme.origin())));
		return lines;
	}

	static List<String> correlations(Histories histories) {
		Set<String> real = histories.citiesWithReal();
		return histories.correlations()
			.all((city, simulated) -> !simulated || !real.contains(city))
			.stream()
			.map((pair) -> CopyText.line(pair.city(), pair.first(), pair.second(), pair.coefficient(), pair.pairs()))
			.toList();
	}

	static List<String> normals(Histories histories) {
		return histories.normals()
			.all()
			.stream()
			.map((normal) -> CopyText.line(normal.city(), normal.day().toString().substring(2), normal.mean(),
					normal.low(), normal.high(), normal.years()))
			.toList();
	}

}
