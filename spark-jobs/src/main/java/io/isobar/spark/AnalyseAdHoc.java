package io.isobar.spark;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;

import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;

import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_format;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

/**
 * Answers a question that a person asks: some metrics of some cities by hour, day or
 * month, as a job and as a program for a cluster. What counts is what the views count.
 * The result is a folder of lines that PostgreSQL's COPY reads, in no order.
 */
public final class AnalyseAdHoc implements SparkJob<AnalyseAdHoc.Request, AnalyseAdHoc.Written> {

	/** The columns of the result. */
	public static final List<String> COLUMNS = List.of("task", "city", "period", "metric", "mean", "min", "max", "sum",
			"readings");

	private static final String HOUR = "hour";

	private static final String MONTH = "month";

	/**
	 * What is asked.
	 *
	 * @param task the first column of each line
	 * @param table path of the table of readings
	 * @param version of the table
	 * @param zones the zone of each city, by name
	 * @param from the first local day
	 * @param to the last local day, included
	 * @param metrics as in JSON: {@code windSpeed}
	 * @param granularity hour, day or month
	 * @param result path of the folder that is written
	 */
	public record Request(String task, String table, long version, Map<String, String> zones, List<String> cities,
			String from, String to, List<String> metrics, String granularity, String result) {
	}

	/**
	 * What was written.
	 *
	 * @param folder the folder of the lines
	 */
	public record Written(String folder) {
	}

	public static void main(String[] arguments) throws Exception {
		Driver.run(new AnalyseAdHoc(), arguments);
	}

	@Override
	public String name() {
		return "analyse ad hoc";
	}

	@Override
	public Class<Request> request() {
		return Request.class;
	}

	@Override
	public Class<Written> result() {
		return Written.class;
	}

	@Override
	public Written run(SparkSession spark, Request request, DoubleConsumer progress) {
		try (TaskProgress tasks = new TaskProgress(spark.sparkContext(), progress)) {
			String task = request.task();
			rows(spark, request).map((MapFunction<Row, String>) (row) -> line(task, row), Encoders.STRING())
				.write()
				.mode(SaveMode.Overwrite)
				.text(request.result());
		}
		return new Written(request.result());
	}

	/**
	 * The answer.
	 * @return city, period, metric, count, sum, min, max
	 */
	static Dataset<Row> rows(SparkSession spark, Request request) {
		SparkFold fold = SparkFold.of(spark, request.table(), request.version(), request.zones()).only(months(request));
		List<Metric> metrics = request.metrics()
			.stream()
			.map((name) -> Metric.ofField(name).orElseThrow())
			.sorted()
			.toList();
		return request.granularity().equals(HOUR) ? hours(asked(fold.cityHours(), request), metrics)
				: periods(asked(fold.cityDays(), request), metrics, request.granularity().equals(MONTH));
	}

	private static Map<String, Set<String>> months(Request request) {
		Set<String> cities = new HashSet<>(request.cities());
		Map<String, Set<String>> months = new HashMap<>();
		YearMonth last = YearMonth.from(LocalDate.parse(request.to()));
		for (YearMonth month = YearMonth.from(LocalDate.parse(request.from())); !month.isAfter(last); month = month
			.plusMonths(1)) {
			months.put(month.toString(), cities);
		}
		return months;
	}

	private static Dataset<Row> asked(Dataset<Row> rows, Request request) {
		return rows.where(col("local_day").between(lit(java.sql.Date.valueOf(request.from())),
				lit(java.sql.Date.valueOf(request.to()))));
	}

	/** Each hour is one reading. */
	private static Dataset<Row> hours(Dataset<Row> hours, List<Metric> metrics) {
		Column[] each = metrics.stream()
			.map((metric) -> value(metric, when(col(metric.column()).isNotNull(), 1L).otherwise(0L),
					col(metric.column()), col(metric.column()), col(metric.column())))
			.toArray(Column[]::new);
		return byMetric(hours.select(col("city"), date_format(col("start"), "yyyy-MM-dd'T'HH:mm:ss'Z'").as("period"),
				array(each).as("each")));
	}

	/**
	 * Days, or months of them. Where there are hours and whole days, the ones that cover
	 * more days count; of a day, its hours.
	 */
	private static Dataset<Row> periods(Dataset<Row> states, List<Metric> metrics, boolean months) {
		Column period = months ? col("month") : date_format(col("local_day"), "yyyy-MM-dd");
		Column days = sum("days").as("days");
		Dataset<Row> byDay = states.withColumn("period", period)
			.groupBy("city", "local_day", "period", "resolution")
			.agg(max(when(col(WeatherViews.READINGS).gt(0), 1L).otherwise(0L)).as("days"), merged(metrics));
		Dataset<Row> byResolution = byDay.groupBy("city", "period", "resolution").agg(days, merged(metrics));
		List<Column> kept = new ArrayList<>(List.of(col("days"), col("resolution")));
		components(metrics).forEach((name) -> kept.add(col(name)));
		Dataset<Row> shown = byResolution.groupBy("city", "period")
			// Of as many days each, "hour" is the larger word
			.agg(max(struct(kept.toArray(Column[]::new))).as("most"))
			.select("city", "period", "most.*");
		Column[] each = metrics.stream()
			.map((metric) -> value(metric, col(WeatherViews.count(metric)), col(WeatherViews.sum(metric)),
					col(WeatherViews.min(metric)), col(WeatherViews.max(metric))))
			.toArray(Column[]::new);
		return byMetric(shown.select(col("city"), col("period"), array(each).as("each")));
	}

	private static List<String> components(List<Metric> metrics) {
		List<String> names = new ArrayList<>();
		metrics.forEach((metric) -> names.addAll(List.of(WeatherViews.count(metric), WeatherViews.sum(metric),
				WeatherViews.min(metric), WeatherViews.max(metric))));
		return names;
	}

	private static Column[] merged(List<Metric> metrics) {
		List<Column> merged = new ArrayList<>();
		for (Metric metric : metrics) {
			merged.add(sum(WeatherViews.count(metric)).as(WeatherViews.count(metric)));
			merged.add(sum(WeatherViews.sum(metric)).as(WeatherViews.sum(metric)));
			merged.add(min(WeatherViews.min(metric)).as(WeatherViews.min(metric)));
			merged.add(max(WeatherViews.max(metric)).as(WeatherViews.max(metric)));
		}
		return merged.toArray(Column[]::new);
	}

	private static Column value(Metric metric, Column count, Column sum, Column min, Column max) {
		return struct(lit(metric.field()).as("metric"), count.as("count"), sum.as("sum"), min.as("min"), max.as("max"));
	}

	/** A row for each metric of which anything is known. */
	private static Dataset<Row> byMetric(Dataset<Row> periods) {
		return periods.select(col("city"), col("period"), explode(col("each")).as("value"))
			.select("city", "period", "value.*")
			.where(col("count").gt(0).or(col("min").isNotNull()).or(col("max").isNotNull()));
	}

	/** Without its line end, which Spark writes. */
	private static String line(String task, Row row) {
		long count = row.getLong(3);
		@Nullable Double sum = (count > 0) ? (Double) row.getDouble(4) : null;
		@Nullable Double mean = (sum != null) ? (Double) (sum / count) : null;
		String line = CopyText.line(task, row.getString(0), row.getString(1), row.getString(2), mean,
				row.isNullAt(5) ? null : row.getDouble(5), row.isNullAt(6) ? null : row.getDouble(6), sum, count);
		return line.substring(0, line.length() - 1);
	}

}
