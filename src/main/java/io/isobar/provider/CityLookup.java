package io.isobar.provider;

import java.util.Optional;

import io.isobar.weather.City;

/** Finds the listed city that an answer is about. */
@FunctionalInterface
public interface CityLookup {

	/** How far an answer may be away from the city that it is about, in km. */
	double NEAR = 20;

	/** No city is known. */
	CityLookup NONE = (latitude, longitude) -> Optional.empty();

	/** The nearest listed city within {@value #NEAR} km of that point. */
	Optional<City> near(double latitude, double longitude);

	/** Looks among these cities. */
	static CityLookup among(Iterable<City> cities) {
		return (latitude, longitude) -> {
			City nearest = null;
			double least = NEAR;
			for (City city : cities) {
				double distance = city.distanceTo(latitude, longitude);
				if (distance <= least) {
					nearest = city;
					least = distance;
				}
			}
			return Optional.ofNullable(nearest);
		};
	}

}
