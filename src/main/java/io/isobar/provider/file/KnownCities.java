package io.isobar.provider.file;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import io.isobar.provider.CityLookup;
import io.isobar.weather.City;

/** What is already known of cities when a file is read. */
public interface KnownCities extends CityLookup {

	/** The city of exactly that name, whether listed or not. */
	Optional<City> named(String name);

	/** These cities and no other. */
	static KnownCities of(Iterable<City> cities) {
		Map<String, City> byName = new LinkedHashMap<>();
		cities.forEach((city) -> byName.put(city.name(), city));
		CityLookup nearby = CityLookup.among(byName.values());
		return new KnownCities() {

			@Override
			public Optional<City> named(String name) {
				return Optional.ofNullable(byName.get(name));
			}

			@Override
			public Optional<City> near(double latitude, double longitude) {
				return nearby.near(latitude, longitude);
			}

		};
	}

}
