package io.isobar.spark;

import java.sql.Timestamp;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

import io.isobar.views.Component;
import io.isobar.views.Term;
import io.isobar.views.View;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;

/**
 * The views as plain SQL: the slot rule by window functions, the components from their
 * definition. Written without a look at the fold, as the independent check of it.
 */
final class PlainSql {

	private final SparkSession spark;

	/** The zone of each city by name. */
	PlainSql(SparkSession spark, Dataset<Row> readings, Map<String, String> zones) {
		this.spark = spark;
		readings.createOrReplaceTempView("readings");
		spark
			.sql("select * from values " + zones.entrySet()
				.stream()
				.map((zone) -> "('%s', '%s')".formatted(zone.getKey().replace("'", "\\'"), zone.getValue()))
				.collect(Collectors.joining(", ")) + " as zones(city, zone)")
			.createOrReplaceTempView("zones");
		// With Java's own rules for the offset, as SQL has no function for the last clock
		// change
		spark.udf().register("slot", (String zone, Timestamp at) -> {
			var instant = at.toInstant();
			var rules = ZoneId.of(zone).getRules();
			var local = instant.atOffset(rules.getOffset(instant));
			var hour = local.truncatedTo(ChronoUnit.HOURS).toInstant();
			var change = rules.previousTransition(instant.plusNanos(1));
			return Timestamp.from((change != null && hour.isBefore(change.getInstant())) ? change.getInstant() : hour);
		}, DataTypes.TimestampType);
		view("located", """
				select r.*, z.zone, to_date(from_utc_timestamp(observed_at, zone)) as local_day,
				  origin = 'simulated' as simulated
				from readings r join zones z on r.city = z.city""");
		view("competing", """
				select * from (
				  select *, max(collected) filter (where channel = 'history')
				    over (partition by city, local_day, origin) as newest
				  from located)
				where (channel <> 'history' or collected = newest) and observed_at <= collected
				  and coalesce(%s, %s, %s) is not null""".formatted(list("%s"), list("%s_low"), list("%s_high")));
		view("ranked", """
				select *, if(resolution = 'day', timestamp'1900-01-01', slot(zone, observed_at)) as slot,
				  struct(
				    case origin when 'simulated' then 2 when 'visual_crossing' then 0 when 'open_meteo' then 0
				      when 'file' then 0 else 1 end as a,
				    channel = 'stream' as b,
				    -unix_seconds(observed_at) as c,
				    -unix_millis(collected) as d,
				    array(%s) as e, array(%s) as f, array(%s) as g, origin as h) as rank
				from competing""".formatted(larger("%s"), larger("%s_low"), larger("%s_high")));
		view("slots", """
				select city, local_day, resolution, simulated, slot,
				  min_by(origin, rank) as origin, %s
				from ranked group by city, local_day, resolution, simulated, slot""".formatted(Metric.ALL.stream()
			.map((metric) -> picked(metric.column(), "") + ", "
					+ picked(metric.column() + "_low", "if(resolution = 'hour', " + metric.column() + ", %s)") + ", "
					+ picked(metric.column() + "_high", "if(resolution = 'hour', " + metric.column() + ", %s)"))
			.collect(Collectors.joining(", "))));
	}

	/**
	 * Key and components of {@code city_day}, before simulated values beside real ones
	 * are left out.
	 */
	Dataset<Row> cityDays() {
		return this.spark.sql("select city, local_day, resolution, simulated, %s from slots group by 1, 2, 3, 4"
			.formatted(aggregates(WeatherViews.CITY_DAY)));
	}

	Dataset<Row> cityMonthPairs() {
		return this.spark.sql(
				"select city, date_format(local_day, 'yyyy-MM') as month, simulated, %s from slots where resolution = 'hour' group by 1, 2, 3"
					.formatted(aggregates(WeatherViews.CITY_MONTH_PAIRS)));
	}

	/**
	 * Hundreds of columns: too wide for generated code, which is tried in vain for
	 * seconds.
	 */
	static <T> T interpreted(SparkSession spark, Supplier<T> query) {
		spark.conf().set("spark.sql.codegen.wholeStage", false);
		spark.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
		try {
			return query.get();
		}
		finally {
			spark.conf().unset("spark.sql.codegen.wholeStage");
			spark.conf().unset("spark.sql.codegen.factoryMode");
		}
	}

	private void view(String name, String sql) {
		this.spark.sql(sql).createOrReplaceTempView(name);
	}

	private static String list(String pattern) {
		return Metric.ALL.stream()
			.map((metric) -> pattern.formatted(metric.column()))
			.collect(Collectors.joining(", "));
	}

	/** For the larger values first, missing ones last. */
	private static String larger(String pattern) {
		return Metric.ALL.stream()
			.map((metric) -> "-coalesce(%s, double('-infinity'))".formatted(pattern.formatted(metric.column())))
			.collect(Collectors.joining(", "));
	}

	private static String picked(String column, String pattern) {
		String value = pattern.isEmpty() ? column : pattern.formatted(column);
		return "min_by(struct(%1$s as value, observed_at as at, origin), if(%1$s is null, null, rank)) as %2$s"
			.formatted(value, column);
	}

	private static String aggregates(View view) {
		return view.components()
			.stream()
			.map((component) -> aggregate(component) + " as " + component.name())
			.collect(Collectors.joining(", "));
	}

	/** In words of SQL what the component's term says. */
	private static String aggregate(Component component) {
		var term = component.term();
		if (term instanceof Term.Readings) {
			return "count(*)";
		}
		if (term instanceof Term.ReadingsOf of) {
			String name = Origin.ofCode(of.originCode()).name();
			return name.equals("other")
					? "count_if(origin not in ('visual_crossing', 'open_meteo', 'file', 'simulated'))"
					: "count_if(origin = '%s')".formatted(name);
		}
		if (term instanceof Term.Count count) {
			return "count(%s.value)".formatted(count.metric().column());
		}
		if (term instanceof Term.Power power) {
			return "coalesce(sum(power(%s.value, %d)), 0)".formatted(power.metric().column(), power.exponent());
		}
		if (term instanceof Term.Lowest lowest) {
			String column = lowest.metric().column() + "_low";
			return "min(if(%1$s is null, null, struct(%1$s.value, %1$s.at, %1$s.origin)))".formatted(column);
		}
		if (term instanceof Term.Highest highest) {
			String column = highest.metric().column() + "_high";
			return "min(if(%1$s is null, null, struct(-%1$s.value as value, %1$s.at, %1$s.origin)))".formatted(column);
		}
		if (term instanceof Term.PairCount pair) {
			return "count_if(%s.value is not null and %s.value is not null)".formatted(pair.first().column(),
					pair.second().column());
		}
		var product = (Term.PairProduct) term;
		return "coalesce(sum(if(%1$s.value is null or %2$s.value is null, null, power(%1$s.value, %3$d) * power(%2$s.value, %4$d))), 0)"
			.formatted(product.first().column(), product.second().column(), product.i(), product.j());
	}

}
