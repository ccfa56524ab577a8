package io.isobar.spark;

import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

import io.isobar.views.Component;
import io.isobar.views.LocalCalendar;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

/** The analyses that are merged from the states of {@code city_day}. */
public final class CityDays {

	/**
	 * A day with fewer hours says nothing about how warm it got; eight come from a
	 * station that reports every 3 h.
	 */
	private static final int HOURS_FOR_AN_AMPLITUDE = 8;

	private CityDays() {
	}

	/**
	 * What is known of each city, as a table that is at hand: asked once, used by all
	 * analyses.
	 * @return city, only_simulated (no real reading at all), finest (resolution: hour if
	 * it has any hour)
	 */
	public static Dataset<Row> cities(Dataset<Row> cityDays) {
		Dataset<Row> cities = cityDays.groupBy("city")
			.agg(min("simulated").as("only_simulated"), max("resolution").as("finest"));
		return broadcast(cities.sparkSession().createDataFrame(cities.collectAsList(), cities.schema()));
	}

	/** Leaves the simulated out for every city that has any real reading. */
	public static Dataset<Row> realWherePossible(Dataset<Row> states, Dataset<Row> cities) {
		return states.join(cities, "city")
			.where(not(col("simulated")).or(col("only_simulated")))
			.drop("only_simulated", "finest");
	}

	/** Leaves the readings of whole days out where the day has hours. */
	public static Dataset<Row> hoursWherePossible(Dataset<Row> cityDays) {
		Dataset<Row> hours = cityDays.where(col("resolution").equalTo("hour"));
		Dataset<Row> days = cityDays.where(col("resolution").equalTo("day"));
		return hours.unionByName(days.join(hours.select("city", "local_day").distinct(),
				scala(List.of("city", "local_day")), "left_anti"));
	}

	/**
	 * Leaves the readings of whole days out for every city that has any hour, so that the
	 * two never mix.
	 */
	private static Dataset<Row> realAndOfOneResolution(Dataset<Row> cityDays, Dataset<Row> cities) {
		return cityDays.join(cities, "city")
			.where(not(col("simulated")).or(col("only_simulated")))
			.where(col("resolution").equalTo(col("finest")))
			.drop("only_simulated", "finest");
	}

	/**
	 * Months, merged from their days.
	 * @param zones the zone of each city: it says how many readings a month is expected
	 * to have
	 * @return city, month, resolution, readings, expected_readings, days, and for each
	 * metric count, sum, square, min, max
	 */
	public static Dataset<Row> months(Dataset<Row> cityDays, Map<String, String> zones) {
		List<Column> merged = new ArrayList<>();
		merged.add(functions.countDistinct("local_day").as("days"));
		for (Component component : WeatherViews.CITY_DAY.components()) {
			if (isKeptByMonth(component)) {
				merged.add(merge(component));
			}
		}
		Dataset<Row> months = cityDays.groupBy("city", "month", "resolution")
			.agg(sum(WeatherViews.READINGS).as(WeatherViews.READINGS), merged.toArray(Column[]::new));
		return months.join(broadcast(expectedReadings(cityDays, zones)), scala(List.of("city", "month", "resolution")));
	}

	/**
	 * For each city, month and resolution how many readings a month without a hole has.
	 */
	private static Dataset<Row> expectedReadings(Dataset<Row> cityDays, Map<String, String> zones) {
		List<Row> expected = cityDays.select("city", "month", "resolution")
			.distinct()
			.collectAsList()
			.stream()
			.map((row) -> {
				YearMonth month = YearMonth.parse(row.getString(1));
				return RowFactory.create(row.getString(0), row.getString(1), row.getString(2),
						row.getString(2).equals("day") ? (long) month.lengthOfMonth()
								: slots(month, ZoneId.of(Objects.requireNonNull(zones.get(row.getString(0))))));
			})
			.toList();
		return cityDays.sparkSession()
			.createDataFrame(expected,
					new StructType().add("city", DataTypes.StringType)
						.add("month", DataTypes.StringType)
						.add("resolution", DataTypes.StringType)
						.add("expected_readings", DataTypes.LongType));
	}

	private static long slots(YearMonth month, ZoneId zone) {
		LocalCalendar calendar = new LocalCalendar(zone);
		return month.atDay(1)
			.datesUntil(month.plusMonths(1).atDay(1))
			.mapToLong((day) -> calendar.expectedSlots(day.toEpochDay()))
			.sum();
	}

	private static boolean isKeptByMonth(Component component) {
		return !component.name().startsWith(WeatherViews.READINGS);
	}

	/** How the column of a component merges; the instants of extremes are left behind. */
	private static Column merge(Component component) {
		return switch (component.merge()) {
			case COUNT, SUM -> sum(component.name()).as(component.name());
			case MIN_AT -> min(component.name()).as(component.name());
			case MAX_AT -> max(component.name()).as(component.name());
		};
	}

	/**
	 * How wide the temperature swings within a day, by month.
	 * @return city, month, mean_daily_amplitude, max_daily_amplitude, days (that could be
	 * compared)
	 */
	public static Dataset<Row> amplitude(Dataset<Row> cityDays) {
		Column amplitude = col("temperature_max").minus(col("temperature_min"));
		return hoursWherePossible(cityDays)
			.where(col("resolution").equalTo("day").or(col("temperature_count").geq(HOURS_FOR_AN_AMPLITUDE)))
			.where(amplitude.isNotNull())
			.groupBy("city", "month")
			.agg(avg(amplitude).as("mean_daily_amplitude"), max(amplitude).as("max_daily_amplitude"),
					count(lit(1)).as("days"));
	}

	/**
	 * The cities side by side over the whole history, ranked from the highest mean down.
	 * As few rows as cities: put together on the driver.
	 * @return metric, city, rank, mean, min, max, standard_deviation (of the population
	 * of hours), count
	 */
	public static Dataset<Row> comparison(Dataset<Row> cityDays, Dataset<Row> cities) {
		List<Column> merged = new ArrayList<>();
		for (Metric metric : Metric.ALL) {
			merged.add(sum(WeatherViews.count(metric)));
			merged.add(sum(WeatherViews.sum(metric)));
			merged.add(sum(WeatherViews.square(metric)));
			merged.add(min(WeatherViews.min(metric)));
			merged.add(max(WeatherViews.max(metric)));
		}
		List<Row> merges = realAndOfOneResolution(cityDays, cities).groupBy("city")
			.agg(merged.get(0), merged.subList(1, merged.size()).toArray(Column[]::new))
			.orderBy("city")
			.collectAsList();
		List<Row> compared = new ArrayList<>();
		for (Metric metric : Metric.ALL) {
			int column = 1 + 5 * metric.ordinal();
			List<Row> ranked = merges.stream()
				.filter((city) -> city.getLong(column) > 0)
				.sorted(Comparator.comparingDouble((Row city) -> city.getDouble(column + 1) / city.getLong(column))
					.reversed())
				.toList();
			for (int i = 0; i < ranked.size(); i++) {
				compared.add(compared(metric, ranked.get(i), column, i + 1));
			}
		}
		return cityDays.sparkSession()
			.createDataFrame(compared,
					new StructType().add("metric", DataTypes.StringType)
						.add("city", DataTypes.StringType)
						.add("rank", DataTypes.IntegerType)
						.add("mean", DataTypes.DoubleType)
						.add("min", DataTypes.DoubleType)
						.add("max", DataTypes.DoubleType)
						.add("standard_deviation", DataTypes.DoubleType)
						.add("count", DataTypes.LongType));
	}

	private static Row compared(Metric metric, Row city, int column, int rank) {
		long count = city.getLong(column);
		double mean = city.getDouble(column + 1) / count;
		double variance = city.getDouble(column + 2) / count - mean * mean;
		return RowFactory.create(metric.column(), city.getString(0), rank, mean, city.get(column + 3),
				city.get(column + 4), Math.sqrt(Math.max(0, variance)), count);
	}

	/**
	 * What a city is like: the means by which cities are clustered, null where nothing
	 * was measured.
	 * @return city, temperature (°C), humidity (%), precipitation (mm in a day),
	 * wind_speed (km/h)
	 */
	public static Dataset<Row> profiles(Dataset<Row> cityDays, Dataset<Row> cities) {
		return realAndOfOneResolution(cityDays, cities).groupBy("city")
			.agg(mean(Metric.TEMPERATURE), mean(Metric.HUMIDITY), precipitationOfADay(), mean(Metric.WIND_SPEED))
			.orderBy("city");
	}

	private static Column mean(Metric metric) {
		Column count = sum(WeatherViews.count(metric));
		return when(count.gt(0), sum(WeatherViews.sum(metric)).divide(count)).as(metric.column());
	}

	/** Mean of an hour · 24, so that holes do not look like drought; days as they are. */
	private static Column precipitationOfADay() {
		Column count = sum(WeatherViews.count(Metric.PRECIPITATION));
		Column hours = when(max("resolution").equalTo("hour"), 24).otherwise(1);
		return when(count.gt(0), sum(WeatherViews.sum(Metric.PRECIPITATION)).divide(count).multiply(hours))
			.as(Metric.PRECIPITATION.column());
	}

	private static scala.collection.immutable.Seq<String> scala(List<String> list) {
		return scala.jdk.javaapi.CollectionConverters.asScala(list).toSeq();
	}

}
