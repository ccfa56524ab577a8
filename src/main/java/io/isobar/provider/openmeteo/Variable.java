package io.isobar.provider.openmeteo;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.isobar.provider.UnitGroup;
import io.isobar.weather.Metric;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Open-Meteo's names of what we measure. Some values speak for an instant, others for the
 * hour before it: sums, means and highest values.
 */
enum Variable {

	TEMPERATURE(Metric.TEMPERATURE, false, "celsius", "temperature_2m"),

	APPARENT_TEMPERATURE(Metric.FEELS_LIKE, false, "celsius", "apparent_temperature"),

	DEW_POINT(Metric.DEW_POINT, false, "celsius", "dew_point_2m", "dewpoint_2m"),

	RELATIVE_HUMIDITY(Metric.HUMIDITY, false, "percent", "relative_humidity_2m", "relativehumidity_2m"),

	PRESSURE(Metric.PRESSURE, false, "hectopascal", "pressure_msl"),

	WIND_SPEED(Metric.WIND_SPEED, false, "kilometre-per-hour", "wind_speed_10m", "windspeed_10m"),

	/** The highest of the preceding hour. */
	WIND_GUSTS(Metric.WIND_GUST, true, "kilometre-per-hour", "wind_gusts_10m", "windgusts_10m"),

	WIND_DIRECTION(Metric.WIND_DIRECTION, false, "degree", "wind_direction_10m", "winddirection_10m"),

	/** The sum of the preceding hour. */
	PRECIPITATION(Metric.PRECIPITATION, true, "millimetre", "precipitation"),

	/** That of the preceding hour. */
	PRECIPITATION_PROBABILITY(Metric.PRECIPITATION_PROBABILITY, true, "percent", "precipitation_probability"),

	/** The sum of the preceding hour, in cm. */
	SNOWFALL(Metric.SNOW, true, "centimetre", "snowfall"),

	/** In metres. */
	SNOW_DEPTH(Metric.SNOW_DEPTH, false, "metre", "snow_depth"),

	CLOUD_COVER(Metric.CLOUD_COVER, false, "percent", "cloud_cover", "cloudcover"),

	/** In metres; not in the archive. */
	VISIBILITY(Metric.VISIBILITY, false, "metre", "visibility"),

	/** The mean of the preceding hour. */
	SHORTWAVE_RADIATION(Metric.SOLAR_RADIATION, true, "watt-per-square-metre", "shortwave_radiation"),

	UV_INDEX(Metric.UV_INDEX, false, "index", "uv_index");

	/** Open-Meteo's signs for units, and their names here. */
	private static final Map<String, String> UNITS = Map.ofEntries(Map.entry("°C", "celsius"),
			Map.entry("°F", "fahrenheit"), Map.entry("%", "percent"), Map.entry("hPa", "hectopascal"),
			Map.entry("km/h", "kilometre-per-hour"), Map.entry("m/s", "metre-per-second"),
			Map.entry("mp/h", "mile-per-hour"), Map.entry("mph", "mile-per-hour"), Map.entry("kn", "knot"),
			Map.entry("°", "degree"), Map.entry("mm", "millimetre"), Map.entry("cm", "centimetre"),
			Map.entry("m", "metre"), Map.entry("km", "kilometre"), Map.entry("inch", "inch"), Map.entry("ft", "foot"),
			Map.entry("W/m²", "watt-per-square-metre"), Map.entry("", "index"));

	/** What the archive is asked for. */
	static final List<Variable> ARCHIVE = Arrays.stream(values())
		.filter((variable) -> variable != VISIBILITY && variable != PRECIPITATION_PROBABILITY && variable != UV_INDEX)
		.toList();

	/** What is asked for at this moment. */
	static final List<Variable> CURRENT = List.of(TEMPERATURE, APPARENT_TEMPERATURE, RELATIVE_HUMIDITY, PRESSURE,
			WIND_SPEED, WIND_GUSTS, WIND_DIRECTION, PRECIPITATION, CLOUD_COVER);

	/** What is asked for in the hours around this moment. */
	static final List<Variable> FORECAST = List.of(TEMPERATURE, DEW_POINT, PRECIPITATION, PRECIPITATION_PROBABILITY,
			SNOWFALL, SNOW_DEPTH, VISIBILITY, SHORTWAVE_RADIATION, UV_INDEX);

	/** The weather as a code. */
	static final List<String> WEATHER_CODE = List.of("weather_code", "weathercode");

	private final Metric metric;

	private final boolean precedingHour;

	private final String unit;

	private final List<String> names;

	Variable(Metric metric, boolean precedingHour, String unit, String... names) {
		this.metric = metric;
		this.precedingHour = precedingHour;
		this.unit = unit;
		this.names = List.of(names);
	}

	/** The names of these variables and of the weather code, as they are asked for. */
	static String names(List<Variable> variables) {
		return String.join(",",
				Stream.concat(variables.stream().map((variable) -> variable.names.get(0)), Stream.of("weather_code"))
					.toList());
	}

	/** The name of that sign in {@code Units}; null if it is not known. */
	static @Nullable String unitOf(String sign) {
		return UNITS.get(sign.strip());
	}

	Metric metric() {
		return this.metric;
	}

	/** Whether a value belongs to the hour that ends at its label. */
	boolean isOfPrecedingHour() {
		return this.precedingHour;
	}

	/** The unit that it is asked for in. */
	String unit() {
		return this.unit;
	}

	/** The unit that it has in that group where the answer does not say it. */
	String unit(UnitGroup group) {
		return switch (this.metric) {
			case TEMPERATURE, FEELS_LIKE, DEW_POINT -> (group == UnitGroup.US) ? "fahrenheit" : this.unit;
			case WIND_SPEED, WIND_GUST -> switch (group) {
				case METRIC -> this.unit;
				case US, UK -> "mile-per-hour";
				case BASE -> "metre-per-second";
			};
			case PRECIPITATION, SNOW -> (group == UnitGroup.US) ? "inch" : this.unit;
			// precipitation_unit=inch turns whatever is in metres into feet
			case SNOW_DEPTH, VISIBILITY -> (group == UnitGroup.US) ? "foot" : this.unit;
			default -> this.unit;
		};
	}

	/** Its name in that object, old or new; null if it is not there. */
	@Nullable String in(JsonNode columns) {
		return this.names.stream().filter(columns::has).findFirst().orElse(null);
	}

}
