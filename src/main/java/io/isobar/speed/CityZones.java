package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.weather.City;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/**
 * The zone of each city, as the registry has it; a city that only messages speak of is
 * registered, unlisted, and kept in UTC until somebody says its zone. The registry is
 * asked again every minute, as other instances write it too; while it is away, what it
 * said before stays.
 */
@Component
@ConditionalOnSpeed
class CityZones {

	private static final ZoneId UNKNOWN = ZoneId.of("UTC");

	private static final Duration FRESH = Duration.ofMinutes(1);

	private final Cities cities;

	private final Clock clock;

	private final Map<String, Known> known = new ConcurrentHashMap<>();

	CityZones(Cities cities, Clock clock) {
		this.cities = cities;
		this.clock = clock;
	}

	private record Known(ZoneId zone, Instant askedAt) {
	}

	/** The zone of the city that the message is from. */
	ZoneId of(WeatherMessage message) {
		return of(message.city(), () -> Optional.of(register(message)));
	}

	/** The zone of a city. */
	ZoneId of(String city) {
		return of(city, Optional::empty);
	}

	private ZoneId of(String city, Supplier<Optional<ZoneId>> otherwise) {
		Instant now = this.clock.instant();
		Known before = this.known.get(city);
		if (before != null && now.isBefore(before.askedAt().plus(FRESH)) && !now.isBefore(before.askedAt())) {
			return before.zone();
		}
		try {
			Optional<ZoneId> zone = this.cities.named(city).map(City::zone).or(otherwise);
			zone.ifPresent((found) -> this.known.put(city, new Known(found, now)));
			return zone.orElse(UNKNOWN);
		}
		catch (RuntimeException ex) {
			if (before == null) {
				throw ex;
			}
			this.known.put(city, new Known(before.zone(), now));
			return before.zone();
		}
	}

	private ZoneId register(WeatherMessage message) {
		String country = message.country();
		try {
			this.cities.register(new City(message.city(), (country != null) ? country : "", message.latitude(),
					message.longitude(), UNKNOWN, false));
		}
		catch (DataIntegrityViolationException ex) {
			// Another listener or instance was a little faster
			return this.cities.named(message.city()).map(City::zone).orElseThrow(() -> ex);
		}
		return UNKNOWN;
	}

}
