package io.isobar.provider;

import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import org.jspecify.annotations.Nullable;

/**
 * The weather now and what is expected.
 *
 * @param reading the values of this moment, without sums: a part of an hour is no sum of
 * an hour
 * @param lastHour the sums and means of the last completed hour, observed at its
 * beginning: rain counts in the hour in which it fell. Null where they are not known
 * @param rain whether it rains; null where it is not known
 * @param storm whether there is a thunderstorm; null where it is not known
 * @param outlook what is expected
 * @param cost what the provider charged, in the unit of its {@link Terms}
 */
public record CurrentConditions(Reading reading, @Nullable Reading lastHour, @Nullable Boolean rain,
		@Nullable Boolean storm, Outlook outlook, double cost) {
}
