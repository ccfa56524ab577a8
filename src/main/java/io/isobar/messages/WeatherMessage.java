package io.isobar.messages;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.isobar.weather.Channel;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;

/**
 * What a message on the topic of weather says: a reading, and what goes with it.
 *
 * @param reading the fact; its channel is the stream, it was collected when Kafka
 * appended it
 * @param country as the message has it, null where it has none
 * @param stationId as the message has it, or made of city and country
 * @param latitude degrees north, null where unknown
 * @param longitude degrees east, null where unknown
 * @param rain whether it rains, null where unknown
 * @param storm whether there is a thunderstorm, null where unknown
 * @param outlook what is expected
 */
public record WeatherMessage(Reading reading, @Nullable String country, String stationId, @Nullable Double latitude,
		@Nullable Double longitude, @Nullable Boolean rain, @Nullable Boolean storm, Outlook outlook) {

	public WeatherMessage {
		if (reading.channel() != Channel.STREAM) {
			throw new IllegalArgumentException("Messages come in on the stream: " + reading);
		}
	}

	/** As {@code station_Paris_FR}. */
	public static String stationId(String city, @Nullable String country) {
		return "station_" + ((country != null) ? city + "," + country : city).replace(',', '_').replace(' ', '_');
	}

	public String city() {
		return this.reading.city();
	}

	/** When it was measured, to the second. */
	public Instant observedAt() {
		return this.reading.observedAt();
	}

	/** What was kept out because it is physically impossible, by field. */
	public Map<String, Double> flagged() {
		return this.reading.flagged();
	}

}
