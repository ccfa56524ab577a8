package io.isobar.spark;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

/**
 * How the metrics of a city move together, presented from the states of
 * {@code city_month_pairs}.
 */
public final class Correlations {

	private Correlations() {
	}

	/**
	 * Pearson's coefficient of each pair over all hours in which both have a value.
	 * @param pairs states of {@code city_month_pairs}
	 * @param cities as {@link CityDays#cities} has them
	 * @return city, first, second, coefficient (null where one of them never changes),
	 * pairs
	 */
	public static Dataset<Row> of(Dataset<Row> pairs, Dataset<Row> cities) {
		Dataset<Row> sums = CityDays.realWherePossible(pairs, cities)
			.groupBy("city", "first", "second")
			.agg(sum("count").as("n"), sum("first_sum").as("x"), sum("second_sum").as("y"),
					sum("first_square").as("xx"), sum("product").as("xy"), sum("second_square").as("yy"));
		Column n = col("n");
		Column covariance = n.multiply(col("xy")).minus(col("x").multiply(col("y")));
		Column first = n.multiply(col("xx")).minus(col("x").multiply(col("x")));
		Column second = n.multiply(col("yy")).minus(col("y").multiply(col("y")));
		Column coefficient = covariance.divide(sqrt(first).multiply(sqrt(second)));
		return sums.select(col("city"), col("first"), col("second"),
				when(isSpread(first, "xx").and(isSpread(second, "yy")), bounded(coefficient)).as("coefficient"),
				n.as("pairs"));
	}

	/** Whether the values differ by more than the rounding of their squares. */
	private static Column isSpread(Column spread, String squares) {
		return spread.gt(col("n").multiply(col(squares)).multiply(1e-13));
	}

	/** Rounding may carry a perfect correlation over 1. */
	private static Column bounded(Column coefficient) {
		return when(coefficient.gt(1), 1.0).when(coefficient.lt(-1), -1.0).otherwise(coefficient);
	}

}
