package io.isobar.batch;

import java.util.Optional;

import io.isobar.provider.Cities;
import io.isobar.provider.CityLookup;
import io.isobar.provider.file.KnownCities;
import io.isobar.weather.City;

/** The registry of cities as files ask it. */
record CityRegistry(Cities cities) implements KnownCities {

	@Override
	public Optional<City> named(String name) {
		return this.cities.named(name);
	}

	@Override
	public Optional<City> near(double latitude, double longitude) {
		return CityLookup.among(this.cities.listed()).near(latitude, longitude);
	}

}
