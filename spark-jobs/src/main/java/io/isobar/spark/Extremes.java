package io.isobar.spark;

import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;

import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

/**
 * The highest and lowest values of all history. A day counts once, with its own extreme,
 * so that one hot afternoon does not fill the list.
 */
public final class Extremes {

	private static final StructType SCHEMA = new StructType().add("metric", DataTypes.StringType, false)
		.add("kind", DataTypes.StringType, false)
		.add("city", DataTypes.StringType, false)
		.add("value", DataTypes.DoubleType, false)
		.add("observed_at", DataTypes.TimestampType, false)
		.add("origin", DataTypes.StringType, false);

	private Extremes() {
	}

	/**
	 * A day with the extreme of one metric.
	 *
	 * @param kind {@code max} or {@code min}
	 * @param rank from 1, within the metric and kind
	 */
	record Extreme(Metric metric, String kind, int rank, String city, double value, Instant observedAt, String origin) {
	}

	/**
	 * The first days for each metric and kind; equal values in the order of time, then of
	 * city.
	 * @param cityDays states of {@code city_day}
	 * @param months which cities have what
	 * @param most how many to keep for each metric and kind
	 */
	static List<Extreme> of(Dataset<Row> cityDays, CityMonths months, int most) {
		List<Column> columns = new ArrayList<>(List.of(col("city")));
		for (Metric metric : Metric.ALL) {
			for (String extreme : List.of(WeatherViews.max(metric), WeatherViews.min(metric))) {
				columns.addAll(List.of(col(extreme), col(extreme + "_at"), col(extreme + "_origin")));
			}
		}
		List<Row> first = counted(cityDays, months).select(columns.toArray(Column[]::new))
			.mapPartitions(new MostExtreme(most), Encoders.row(SCHEMA))
			.collectAsList();
		List<Extreme> extremes = new ArrayList<>();
		for (Metric metric : Metric.ALL) {
			for (String kind : List.of("max", "min")) {
				List<Row> ranked = first.stream()
					.filter((row) -> row.getString(0).equals(metric.column()) && row.getString(1).equals(kind))
					.sorted(MostExtreme.last(kind.equals("max")).reversed())
					.limit(most)
					.toList();
				for (int i = 0; i < ranked.size(); i++) {
					Row row = ranked.get(i);
					extremes.add(new Extreme(metric, kind, i + 1, row.getString(2), row.getDouble(3),
							row.getTimestamp(4).toInstant(), row.getString(5)));
				}
			}
		}
		return extremes;
	}

	/**
	 * Without the simulated for a city that has any real reading, and without a whole day
	 * where it has hours.
	 */
	private static Dataset<Row> counted(Dataset<Row> cityDays, CityMonths months) {
		Dataset<Row> counted = cityDays
			.where(not(col("simulated")).or(not(col("city").isin(months.citiesWithReal().toArray()))));
		Object[] both = months.citiesOfBothResolutions().toArray();
		if (both.length == 0) {
			return counted;
		}
		Dataset<Row> hours = counted.where(col("resolution").equalTo("hour").and(col("city").isin(both)))
			.select(col("city").as("hours_city"), col("local_day").as("hours_day"));
		return counted.join(hours,
				col("resolution").equalTo("day")
					.and(col("city").equalTo(col("hours_city")))
					.and(col("local_day").equalTo(col("hours_day"))),
				"left_anti");
	}

	/** Keeps the first of each partition in bounded heaps: one pass for all metrics. */
	private record MostExtreme(int most) implements MapPartitionsFunction<Row, Row>, Serializable {

		@Override
		public Iterator<Row> call(Iterator<Row> days) {
			List<PriorityQueue<Row>> heaps = new ArrayList<>();
			for (int i = 0; i < 2 * Metric.COUNT; i++) {
				heaps.add(new PriorityQueue<>(last(i % 2 == 0)));
			}
			while (days.hasNext()) {
				Row day = days.next();
				for (int i = 0; i < 2 * Metric.COUNT; i++) {
					if (!day.isNullAt(1 + 3 * i)) {
						offer(heaps.get(i), day, i);
					}
				}
			}
			return heaps.stream().flatMap(PriorityQueue::stream).iterator();
		}

		private void offer(PriorityQueue<Row> heap, Row day, int i) {
			boolean max = i % 2 == 0;
			double value = day.getDouble(1 + 3 * i);
			if (heap.size() == this.most && compare(value, heap.element().getDouble(3), max) > 0) {
				return;
			}
			heap.add(RowFactory.create(Metric.ALL.get(i / 2).column(), max ? "max" : "min", day.getString(0), value,
					day.getTimestamp(2 + 3 * i), day.getString(3 + 3 * i)));
			if (heap.size() > this.most) {
				heap.remove();
			}
		}

		/** The one to be dropped first comes first. */
		private static Comparator<Row> last(boolean max) {
			Comparator<Row> order = (first, second) -> compare(first.getDouble(3), second.getDouble(3), max);
			return order.thenComparing((Row row) -> row.getTimestamp(4))
				.thenComparing((Row row) -> row.getString(2))
				.reversed();
		}

		private static int compare(double first, double second, boolean max) {
			return max ? Double.compare(second, first) : Double.compare(first, second);
		}

	}

}
