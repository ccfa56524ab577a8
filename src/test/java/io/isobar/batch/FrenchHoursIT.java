package io.isobar.batch;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.isobar.engine.SparkEngine;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.provider.TestData;
import io.isobar.weather.Metric;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Five French cities, 38,688 hours each, from Parquet files to PostgreSQL, beside a
 * straightforward computation over the same files.
 */
@SpringBootTest(properties = { "isobar.embedded.database=french_hours", "isobar.lake.root=/french-hours" })
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FrenchHoursIT {

	private static final String FILES = "weather/france_openmeteo_parquet";

	private static final Offset<Double> EXACT = Offset.offset(1e-9);

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private BatchViews views;

	@Autowired
	private Generations generations;

	@Autowired
	private SparkEngine spark;

	@Autowired
	private JdbcClient jdbc;

	private Path folder;

	@BeforeEach
	void files() {
		this.folder = TestData.file(FILES);
	}

	@Test
	@Order(1)
	void everyRowIsReadAndBecomesAReading() {
		Execution execution = importFiles();

		var step = this.executions.steps(execution.executionId()).get(0);
		assertThat(step.readCount()).isEqualTo(193_440);
		assertThat(step.writeCount() + step.filterCount() + step.skipCount()).isEqualTo(193_440);
	}

	@Test
	@Order(2)
	void monthlyMeansAndExtremesAgreeWithPlainSqlOverTheFiles() {
		runs().completed(WeatherBatchJob.NAME, Map.of("collect", "false"));

		Map<String, Row> expected = new HashMap<>();
		plain("""
				select city, date_format(at, 'yyyy-MM') as month, count(*) as readings, avg(temperature_2m) as mean,
				  min(temperature_2m) as min, max(temperature_2m) as max, avg(relative_humidity_2m) as humidity,
				  sum(precipitation) as rain, avg(wind_speed_10m) as wind
				from hours group by 1, 2""").forEach((row) -> expected.put(row.getString(0) + row.getString(1), row));
		List<BatchViews.Month> months = this.views.months(null, null, null);
		assertThat(months).hasSize(expected.size());
		for (BatchViews.Month month : months) {
			Row row = expected.get(month.city() + month.month());
			assertThat(month.temperatureMean()).isCloseTo(row.getDouble(3), EXACT);
			assertThat(month.temperatureMin()).isEqualTo(row.getDouble(4));
			assertThat(month.temperatureMax()).isEqualTo(row.getDouble(5));
			assertThat(month.humidityMean()).isCloseTo(row.getDouble(6), EXACT);
			assertThat(month.precipitationSum()).isCloseTo(row.getDouble(7), EXACT);
			assertThat(month.windSpeedMean()).isCloseTo(row.getDouble(8), EXACT);
			assertThat(month.readings()).isEqualTo(row.getLong(2));
		}
	}

	@Test
	@Order(3)
	void correlationsAgreeWithPlainSqlOverTheFiles() {
		List<Row> expected = plain("""
				select city, corr(temperature_2m, relative_humidity_2m), corr(precipitation, temperature_2m),
				  corr(cloud_cover, wind_speed_10m) from hours group by 1""");

		for (Row row : expected) {
			assertThat(correlation(row.getString(0), Metric.HUMIDITY, Metric.TEMPERATURE)).isCloseTo(row.getDouble(1),
					EXACT);
			assertThat(correlation(row.getString(0), Metric.PRECIPITATION, Metric.TEMPERATURE))
				.isCloseTo(row.getDouble(2), EXACT);
			assertThat(correlation(row.getString(0), Metric.CLOUD_COVER, Metric.WIND_SPEED)).isCloseTo(row.getDouble(3),
					EXACT);
		}
	}

	@Test
	@Order(4)
	void importedAgainNothingChanges() {
		int generation = this.generations.current(Dataset.WEATHER).orElseThrow().number();
		List<BatchViews.Month> before = this.views.months(null, null, null);

		Execution again = importFiles();
		runs().completed(WeatherBatchJob.NAME, Map.of("collect", "false"));

		assertThat(this.executions.steps(again.executionId()).get(0).writeCount()).isZero();
		assertThat(this.generations.current(Dataset.WEATHER).orElseThrow().number()).isGreaterThan(generation);
		assertThat(this.views.months(null, null, null)).isEqualTo(before);
		assertThat(rowsWrittenBy(generation + 1)).isZero();
	}

	private Execution importFiles() {
		return runs().completed(WeatherImportJob.NAME,
				Map.of("path", this.folder.toString(), "mapping", "mappings/open-meteo-france.yaml"));
	}

	private int rowsWrittenBy(int generation) {
		return BatchTable.WEATHER.stream()
			.mapToInt((table) -> this.jdbc
				.sql("SELECT count(*) FROM %s WHERE valid_from = ? OR valid_to = ?".formatted(table.name()))
				.params(generation, generation)
				.query(Integer.class)
				.single())
			.sum();
	}

	private Double correlation(String city, Metric first, Metric second) {
		return this.views.correlations(city)
			.stream()
			.filter((pair) -> pair.first() == first && pair.second() == second)
			.findFirst()
			.orElseThrow()
			.coefficient();
	}

	/**
	 * SQL over the files themselves: table {@code hours}, where {@code at} is the clock
	 * of France. Rain is told at the end of its hour, and a cover of the sky of -1 or 101
	 * % is no value.
	 */
	private List<Row> plain(String sql) {
		SparkSession session = this.spark.session();
		session.conf().set("spark.sql.legacy.parquet.nanosAsLong", true);
		session.read().parquet(this.folder.toUri().toString()).createOrReplaceTempView("files");
		session
			.sql("""
					select double(temperature_2m), double(wind_speed_10m), double(relative_humidity_2m), double(cloud_cover),
					  double(precipitation), timestamp_micros(time div 1000) as instant,
					  initcap(regexp_extract(input_file_name(), 'weather_([a-z]+)', 1)) as city from files""")
			.createOrReplaceTempView("located");
		session
			.sql("""
					select city, from_utc_timestamp(instant, 'Europe/Paris') as at, h.temperature_2m, h.wind_speed_10m,
					  h.relative_humidity_2m, if(h.cloud_cover between 0 and 100, h.cloud_cover, null) as cloud_cover,
					  r.precipitation
					from located h full join
					  (select city, instant - interval 1 hour as instant, precipitation from located) r using (city, instant)
					where coalesce(h.temperature_2m, h.wind_speed_10m, h.relative_humidity_2m, r.precipitation,
					  if(h.cloud_cover between 0 and 100, h.cloud_cover, null)) is not null""")
			.createOrReplaceTempView("hours");
		return session.sql(sql).collectAsList();
	}

	private JobRuns runs() {
		return new JobRuns(this.launches, this.executions);
	}

}
