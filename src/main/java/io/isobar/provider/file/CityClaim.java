package io.isobar.provider.file;

import java.text.Normalizer;
import java.time.ZoneId;
import java.util.Optional;

import io.isobar.weather.City;
import org.jspecify.annotations.Nullable;

/**
 * What a file or its mapping says about a city.
 *
 * @param name as the source writes it, in NFC
 * @param country null: not said
 * @param zone null: not said
 * @param latitude null: not said
 * @param longitude null: not said
 * @param otherwise the zone in which a new city is kept where nothing says its own; null:
 * there must be one
 */
record CityClaim(String name, @Nullable String country, @Nullable ZoneId zone, @Nullable Double latitude,
		@Nullable Double longitude, @Nullable ZoneId otherwise) {

	CityClaim(String name, @Nullable String country, @Nullable ZoneId zone, @Nullable Double latitude,
			@Nullable Double longitude) {
		this(name, country, zone, latitude, longitude, null);
	}

	CityClaim {
		name = Normalizer.normalize(name.strip(), Normalizer.Form.NFC);
		country = (country == null || country.isBlank()) ? null : country.strip();
	}

	/**
	 * The city that is meant: a known one of that name and country, else a new one that
	 * is not listed. A city of a known name in another country is kept as
	 * {@code Paris, US}.
	 * @throws RowRejected if it is not known and its country or zone is not said
	 * @throws ZoneConflict if it is known with another zone
	 */
	City settle(KnownCities cities) throws RowRejected, ZoneConflict {
		Optional<City> owner = cities.named(this.name);
		if (owner.isPresent()) {
			if (this.country == null || this.country.equalsIgnoreCase(owner.get().country())) {
				return checked(owner.get());
			}
			String fullName = this.name + ", " + this.country;
			Optional<City> namesake = cities.named(fullName);
			return namesake.isPresent() ? checked(namesake.get()) : create(fullName);
		}
		return create(this.name);
	}

	private City checked(City known) throws ZoneConflict {
		// Two names of one set of rules (US/Pacific) part the days alike
		if (this.zone != null && !this.zone.getRules().equals(known.zone().getRules())) {
			throw new ZoneConflict(
					"%s is known with the zone %s, but this file or its mapping says %s. Correct the one that is wrong."
						.formatted(known.name(), known.zone(), this.zone));
		}
		return known;
	}

	private City create(String fullName) throws RowRejected {
		if (this.country == null) {
			throw new RowRejected("the city %s is not known, and nothing says its country.".formatted(this.name));
		}
		ZoneId kept = (this.zone != null) ? this.zone : this.otherwise;
		if (kept == null) {
			throw new RowRejected(
					"the city %s is not known, and nothing says its time zone. Give a mapping with `timezone`."
						.formatted(this.name));
		}
		return new City(fullName, this.country, this.latitude, this.longitude, kept, false);
	}

	/** A known city that is said to be in another time zone. */
	static final class ZoneConflict extends Exception {

		private static final long serialVersionUID = 1L;

		ZoneConflict(String message) {
			super(message);
		}

	}

}
