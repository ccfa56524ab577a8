package io.isobar.weather;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is measured. The order of the constants is the order of columns and arrays
 * everywhere and must not change; new metrics go to the end.
 */
public enum Metric {

	/** Air temperature at 2 m, in °C. */
	TEMPERATURE("temperature", "°C", -90, 60),

	/** What the temperature feels like, in °C. */
	FEELS_LIKE("feelsLike", "°C", -120, 80),

	/** Dew point, in °C. */
	DEW_POINT("dewPoint", "°C", -100, 60),

	/** Relative humidity, in %. */
	HUMIDITY("humidity", "%", 0, 100),

	/** Pressure at sea level, in hPa. */
	PRESSURE("pressure", "hPa", 850, 1090),

	/** Wind speed at 10 m, in km/h. */
	WIND_SPEED("windSpeed", "km/h", 0, 420),

	/** Strongest gust, in km/h. */
	WIND_GUST("windGust", "km/h", 0, 420),

	/** Where the wind comes from, in degrees. */
	WIND_DIRECTION("windDirection", "°", 0, 360),

	/** Rain and melted snow of the interval, in mm. */
	PRECIPITATION("precipitation", "mm", 0, 500),

	/** Probability of precipitation, in %. */
	PRECIPITATION_PROBABILITY("precipitationProbability", "%", 0, 100),

	/** Fresh snow of the interval, in cm. */
	SNOW("snow", "cm", 0, 300),

	/** Depth of the snow on the ground, in cm. */
	SNOW_DEPTH("snowDepth", "cm", 0, 1500),

	/** Share of the sky that is covered, in %. */
	CLOUD_COVER("cloudCover", "%", 0, 100),

	/** Visibility, in km. */
	VISIBILITY("visibility", "km", 0, 300),

	/** Shortwave radiation, in W/m². */
	SOLAR_RADIATION("solarRadiation", "W/m²", 0, 1500),

	/** UV index. */
	UV_INDEX("uvIndex", "", 0, 20);

	/** All metrics in their fixed order. */
	public static final List<Metric> ALL = List.of(values());

	/**
	 * How many there are: the length of every array that is indexed by
	 * {@link #ordinal()}.
	 */
	public static final int COUNT = ALL.size();

	private static final Map<String, Metric> BY_FIELD = Arrays.stream(values())
		.collect(Collectors.toUnmodifiableMap(Metric::field, Function.identity()));

	private final String field;

	private final String column;

	private final String unit;

	private final double lowest;

	private final double highest;

	Metric(String field, String unit, double lowest, double highest) {
		this.field = field;
		this.column = name().toLowerCase(Locale.ROOT);
		this.unit = unit;
		this.lowest = lowest;
		this.highest = highest;
	}

	/** The metric of that field, as in {@code windSpeed}. */
	public static Optional<Metric> ofField(String field) {
		return Optional.ofNullable(BY_FIELD.get(field));
	}

	/** Name in JSON, parameters and mappings: {@code windSpeed}. */
	public String field() {
		return this.field;
	}

	/** Name in tables and messages: {@code wind_speed}. */
	public String column() {
		return this.column;
	}

	public String unit() {
		return this.unit;
	}

	/** Whether the value belongs to an interval (it is summed up), not to an instant. */
	public boolean isSum() {
		return this == PRECIPITATION || this == SNOW;
	}

	/**
	 * Whether that value can be real. Beyond these bounds a value is kept out of its
	 * reading and flagged. The sum of a day may be five times what can fall in an hour.
	 */
	public boolean isPlausible(double value, Resolution resolution) {
		return value >= this.lowest && value <= highest(resolution);
	}

	/** The lowest value that can be real. */
	public double lowest() {
		return this.lowest;
	}

	/** The highest value that can be real. */
	public double highest(Resolution resolution) {
		return (resolution == Resolution.DAY && isSum()) ? 5 * this.highest : this.highest;
	}

	/** The plausible range of an hour in words: {@code -90…60 °C}. */
	public String plausibleRange() {
		return "%s…%s %s".formatted(number(this.lowest), number(this.highest), this.unit).trim();
	}

	private static String number(double bound) {
		return String.valueOf((long) bound);
	}

}
