package io.isobar.spark;

import java.util.List;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

/**
 * How the metrics of a city move together, presented from the states of
 * {@code city_month_pairs}.
 */
public final class Correlations {

	private static final double NOISE = 1e-13;

	private Correlations() {
	}

	/**
	 * What was found for a pair of metrics.
	 *
	 * @param coefficient NaN where one of them never changes
	 * @param pairs hours in which both have a value
	 */
	record Correlation(String city, String first, String second, double coefficient, long pairs) {
	}

	/**
	 * Pearson's coefficient of each pair over all hours in which both have a value.
	 * @param pairs states of {@code city_month_pairs}
	 * @param months which cities have real readings: their simulated ones are left out
	 */
	static List<Correlation> of(Dataset<Row> pairs, CityMonths months) {
		return pairs.where(not(col("simulated")).or(not(col("city").isin(months.citiesWithReal().toArray()))))
			.groupBy("city", "first", "second")
			.agg(sum("count"), sum("first_sum"), sum("second_sum"), sum("first_square"), sum("product"),
					sum("second_square"))
			.collectAsList()
			.stream()
			.map((row) -> new Correlation(row.getString(0), row.getString(1), row.getString(2),
					coefficient(row.getLong(3), row.getDouble(4), row.getDouble(5), row.getDouble(6), row.getDouble(7),
							row.getDouble(8)),
					row.getLong(3)))
			.toList();
	}

	static double coefficient(long n, double x, double y, double xx, double xy, double yy) {
		double first = n * xx - x * x;
		double second = n * yy - y * y;
		// Values that differ by no more than the rounding of their squares do not change
		if (first <= NOISE * n * xx || second <= NOISE * n * yy) {
			return Double.NaN;
		}
		double coefficient = (n * xy - x * y) / (Math.sqrt(first) * Math.sqrt(second));
		// Rounding may carry a perfect correlation over 1
		return Math.max(-1, Math.min(1, coefficient));
	}

}
