package io.isobar.serving.api;

import java.util.List;

import io.isobar.provider.Cities;
import io.isobar.weather.City;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class CitiesController {

	private final Cities cities;

	CitiesController(Cities cities) {
		this.cities = cities;
	}

	/** Every known city; latitude and longitude are null where it is not on the map. */
	record CityAnswer(String name, String country, @Nullable Double latitude, @Nullable Double longitude,
			String timezone, String stationId, boolean listed) {

		static CityAnswer of(City city) {
			return new CityAnswer(city.name(), city.country(), city.latitude(), city.longitude(), city.zone().getId(),
					city.stationId(), city.listed());
		}

	}

	@GetMapping("/api/cities")
	List<CityAnswer> cities() {
		return this.cities.all().stream().map(CityAnswer::of).toList();
	}

}
