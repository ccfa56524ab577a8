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

	/**
	 * The message under the name that its city is known by: one of a known name in
	 * another country is kept as {@code Paris, US}, as imports have it.
	 * @param owner the country of the city that owns the plain name; null where nobody
	 * does
	 */
	public WeatherMessage settled(@Nullable String owner) {
		if (owner == null || owner.isEmpty() || this.country == null || this.country.equalsIgnoreCase(owner)) {
			return this;
		}
		Reading renamed = new Reading(city() + ", " + this.country, this.reading.observedAt(),
				this.reading.resolution(), this.reading.origin(), this.reading.channel(), this.reading.collected(),
				this.reading.values(), this.reading.lows(), this.reading.highs(), this.reading.conditions(),
				this.reading.flagged());
		return new WeatherMessage(renamed, this.country, this.stationId, this.latitude, this.longitude, this.rain,
				this.storm, this.outlook);
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
