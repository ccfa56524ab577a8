package io.isobar.speed;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.weather.City;
import io.isobar.weather.Reading;

import org.springframework.stereotype.Component;

/**
 * The cities that messages speak of. One that nobody knows is made known, unlisted and in
 * UTC until somebody says its zone; one of a known name in another country is kept as
 * {@code Paris, US}, as imports have it. The registry is asked again every now and then,
 * as other instances write it too; while it is away, what it said before stays.
 */
@Component
@ConditionalOnSpeed
class MessageCities {

	/** So long a city is taken to be as it was. */
	private static final long REMEMBERED = Duration.ofSeconds(30).toNanos();

	private final Cities cities;

	private final Map<String, Known> known = new ConcurrentHashMap<>();

	private record Known(City city, long at) {
	}

	MessageCities(Cities cities) {
		this.cities = cities;
	}

	/** The message with the name that its city is known by. */
	WeatherMessage settled(WeatherMessage message) {
		Optional<City> owner = named(message.city());
		String country = message.country();
		if (owner.isEmpty()) {
			register(message.city(), message);
			return message;
		}
		if (country == null || owner.get().country().isEmpty() || country.equalsIgnoreCase(owner.get().country())) {
			return message;
		}
		String fullName = message.city() + ", " + country;
		if (named(fullName).isEmpty()) {
			register(fullName, message);
		}
		return new WeatherMessage(renamed(message.reading(), fullName), country, message.stationId(),
				message.latitude(), message.longitude(), message.rain(), message.storm(), message.outlook());
	}

	/** The zone of a city; UTC while nobody knows the city. */
	ZoneId zone(String city) {
		return named(city).map(City::zone).orElse(ZoneOffset.UTC);
	}

	private Optional<City> named(String name) {
		Known remembered = this.known.get(name);
		if (remembered != null && System.nanoTime() - remembered.at() < REMEMBERED) {
			return Optional.of(remembered.city());
		}
		Optional<City> now;
		try {
			now = this.cities.named(name);
		}
		catch (RuntimeException ex) {
			if (remembered == null) {
				throw ex;
			}
			now = Optional.of(remembered.city());
		}
		now.ifPresent((city) -> this.known.put(name, new Known(city, System.nanoTime())));
		return now;
	}

	private void register(String name, WeatherMessage message) {
		@Nullable String country = message.country();
		this.cities.register(new City(name, (country != null) ? country : "", message.latitude(), message.longitude(),
				ZoneId.of("UTC"), false));
	}

	private static Reading renamed(Reading reading, String city) {
		return new Reading(city, reading.observedAt(), reading.resolution(), reading.origin(), reading.channel(),
				reading.collected(), reading.values(), reading.lows(), reading.highs(), reading.conditions(),
				reading.flagged());
	}

}
