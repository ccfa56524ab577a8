package io.isobar.weather;

import org.jspecify.annotations.Nullable;

/**
 * What is expected; null where it is not known.
 *
 * @param nextHourTemperature in the hour that begins next, in °C
 * @param nextHourPrecipitation sum of that hour, in mm
 * @param tomorrowTemperatureMin lowest of the city's next local day, in °C
 * @param tomorrowTemperatureMax highest of that day, in °C
 * @param tomorrowPrecipitation sum of that day, in mm
 */
public record Outlook(@Nullable Double nextHourTemperature, @Nullable Double nextHourPrecipitation,
		@Nullable Double tomorrowTemperatureMin, @Nullable Double tomorrowTemperatureMax,
		@Nullable Double tomorrowPrecipitation) {

	/** Nothing is known. */
	public static final Outlook UNKNOWN = new Outlook(null, null, null, null, null);

}
