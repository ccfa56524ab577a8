package io.isobar.provider.openmeteo;

import java.time.Instant;
import java.util.Optional;

import io.isobar.provider.AnswerFormat;
import io.isobar.provider.AnswerRefused;
import io.isobar.provider.CityLookup;
import io.isobar.provider.FileHints;
import io.isobar.provider.JsonFile;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Rows;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import tools.jackson.databind.JsonNode;

/** Answers of Open-Meteo in files. They have no name, only a place. */
public final class OpenMeteoFormat implements AnswerFormat {

	@Override
	public boolean recognises(JsonNode root) {
		return root.has("hourly");
	}

	@Override
	public String mark() {
		return "hourly (Open-Meteo)";
	}

	@Override
	public JsonFile read(JsonNode root, FileHints mapping, CityLookup cities, Instant collected) {
		OpenMeteoAnswer answer = OpenMeteoAnswer.of(root, mapping.units());
		City city = (mapping.city() != null) ? mapping.city() : city(answer, cities);
		Rows rows = answer.rows(city, Channel.FILE, collected, Instant.MIN, Instant.MAX);
		return new JsonFile(city, Origin.OPEN_METEO, rows.readings(), rows.counts());
	}

	private static City city(OpenMeteoAnswer answer, CityLookup cities) {
		Double latitude = answer.latitude();
		Double longitude = answer.longitude();
		Optional<City> listed = (latitude != null && longitude != null) ? cities.near(latitude, longitude)
				: Optional.empty();
		return listed.orElseThrow(() -> new AnswerRefused(Reason.WRONG_PLACE,
				"it is not known which city it is about: %s. Name the city in a mapping.".formatted((latitude == null)
						? "it has no latitude and longitude" : "no listed city lies within %.0f km of %s, %s"
							.formatted(CityLookup.NEAR, latitude, longitude))));
	}

}
