package io.isobar.provider.visualcrossing;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

import io.isobar.provider.AnswerFormat;
import io.isobar.provider.AnswerRefused;
import io.isobar.provider.CityLookup;
import io.isobar.provider.FileHints;
import io.isobar.provider.JsonFile;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Rows;
import io.isobar.provider.UnitGroup;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Answers of the Timeline API in files. */
public final class VisualCrossingFormat implements AnswerFormat {

	@Override
	public boolean recognises(JsonNode root) {
		return root.has("days");
	}

	@Override
	public String mark() {
		return "days (Visual Crossing)";
	}

	@Override
	public JsonFile read(JsonNode root, FileHints mapping, CityLookup cities, Instant collected) {
		UnitGroup units = (mapping.units() != null) ? mapping.units() : UnitGroup.METRIC;
		VisualCrossingAnswer answer = VisualCrossingAnswer.of(root, units);
		City city = (mapping.city() != null) ? mapping.city() : city(answer, cities);
		Rows rows = answer.rows(city, Channel.FILE, collected);
		return new JsonFile(city, Origin.VISUAL_CROSSING, rows.readings(), rows.counts());
	}

	private static City city(VisualCrossingAnswer answer, CityLookup cities) {
		Double latitude = answer.latitude();
		Double longitude = answer.longitude();
		if (latitude != null && longitude != null) {
			Optional<City> listed = cities.near(latitude, longitude);
			if (listed.isPresent()) {
				return listed.get();
			}
		}
		return named(answer, latitude, longitude);
	}

	/** The city that the answer calls by name: {@code Paris} or {@code Paris,FR}. */
	private static City named(VisualCrossingAnswer answer, @Nullable Double latitude, @Nullable Double longitude) {
		String address = (answer.address() != null) ? answer.address().strip() : "";
		// A pair of coordinates is no name
		if (address.codePoints().noneMatch(Character::isLetter)) {
			throw refused("no listed city lies within %.0f km of %s, %s, and its address%s is no name"
				.formatted(CityLookup.NEAR, latitude, longitude, address.isEmpty() ? "" : " (" + address + ")"));
		}
		int comma = address.lastIndexOf(',');
		String name = (comma > 0) ? address.substring(0, address.indexOf(',')) : address;
		String resolved = (answer.resolvedAddress() != null) ? answer.resolvedAddress() : "";
		String country = (comma > 0) ? address.substring(comma + 1) : resolved.substring(resolved.lastIndexOf(',') + 1);
		try {
			return new City(name, country, latitude, longitude, ZoneId.of(String.valueOf(answer.timezone())), false);
		}
		catch (DateTimeException failure) {
			throw refused("its timezone (%s) is not known".formatted(answer.timezone()));
		}
		catch (IllegalArgumentException failure) {
			throw refused("its place cannot be read (%s)".formatted(failure.getMessage()));
		}
	}

	private static AnswerRefused refused(String why) {
		return new AnswerRefused(Reason.WRONG_PLACE,
				"it is not known which city it is about: %s. Name the city in a mapping.".formatted(why));
	}

}
