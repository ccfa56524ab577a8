package io.isobar.serving.api;

import java.time.Instant;

import io.isobar.messages.WeatherMessage;
import io.isobar.speed.LatestReading;
import io.isobar.weather.Metric;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;

/** A city's newest reading, as it is asked for and as an event. */
record LatestAnswer(String city, @Nullable String country, String stationId, String dataOrigin, Instant observedAt,
		@Nullable Double temperature, @Nullable Double feelsLike, @Nullable Double dewPoint, @Nullable Double humidity,
		@Nullable Double pressure, @Nullable Double windSpeed, @Nullable Double windGust,
		@Nullable Double windDirection, @Nullable Double precipitation, @Nullable Double precipitationProbability,
		@Nullable Double snow, @Nullable Double snowDepth, @Nullable Double cloudCover, @Nullable Double visibility,
		@Nullable Double solarRadiation, @Nullable Double uvIndex, @Nullable String conditions, @Nullable Boolean rain,
		@Nullable Boolean storm, @Nullable Double nextHourTemperature, @Nullable Double nextHourPrecipitation) {

	static LatestAnswer of(LatestReading latest) {
		WeatherMessage message = latest.message();
		Values values = latest.values();
		return new LatestAnswer(message.city(), message.country(), message.stationId(),
				message.reading().origin().name(), message.observedAt(), value(values, Metric.TEMPERATURE),
				value(values, Metric.FEELS_LIKE), value(values, Metric.DEW_POINT), value(values, Metric.HUMIDITY),
				value(values, Metric.PRESSURE), value(values, Metric.WIND_SPEED), value(values, Metric.WIND_GUST),
				value(values, Metric.WIND_DIRECTION), value(values, Metric.PRECIPITATION),
				value(values, Metric.PRECIPITATION_PROBABILITY), value(values, Metric.SNOW),
				value(values, Metric.SNOW_DEPTH), value(values, Metric.CLOUD_COVER), value(values, Metric.VISIBILITY),
				value(values, Metric.SOLAR_RADIATION), value(values, Metric.UV_INDEX), message.reading().conditions(),
				message.rain(), message.storm(), message.outlook().nextHourTemperature(),
				message.outlook().nextHourPrecipitation());
	}

	private static @Nullable Double value(Values values, Metric metric) {
		return values.has(metric) ? values.orNaN(metric) : null;
	}

}
