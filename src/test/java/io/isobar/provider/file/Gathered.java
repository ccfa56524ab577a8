package io.isobar.provider.file;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import io.isobar.provider.AnswerFormat;
import io.isobar.provider.JsonFiles;
import io.isobar.weather.City;
import io.isobar.weather.Reading;

/** What a file gave, in the language of the tests. */
final class Gathered implements ReadingsConsumer {

	static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

	static final City PARIS = new City("Paris", "FR", 48.8566, 2.3522, ZoneId.of("Europe/Paris"), true);

	final List<Reading> readings = new ArrayList<>();

	final List<City> cities = new ArrayList<>();

	int largestBatch;

	/**
	 * The files of an application that knows these cities and no answers of providers.
	 */
	static FileReadings files(City... cities) {
		return files(List.of(), cities);
	}

	static FileReadings files(List<AnswerFormat> answers, City... cities) {
		return new FileReadings(new ImportSettings(List.of()), new JsonFiles(answers), KnownCities.of(List.of(cities)),
				Clock.fixed(NOW, ZoneOffset.UTC));
	}

	@Override
	public void readings(List<Reading> batch) {
		for (Reading reading : batch) {
			if (this.cities.stream().noneMatch((city) -> city.name().equals(reading.city()))) {
				throw new AssertionError(reading.city() + " was not announced before its readings.");
			}
		}
		this.readings.addAll(batch);
		this.largestBatch = Math.max(this.largestBatch, batch.size());
	}

	@Override
	public void city(City city) {
		this.cities.add(city);
	}

	Reading only() {
		if (this.readings.size() != 1) {
			throw new AssertionError("One reading was expected: " + this.readings);
		}
		return this.readings.get(0);
	}

	Reading at(String city, String instant) {
		return this.readings.stream()
			.filter((reading) -> reading.city().equals(city) && reading.observedAt().equals(Instant.parse(instant)))
			.findFirst()
			.orElseThrow(() -> new AssertionError("No reading of %s at %s.".formatted(city, instant)));
	}

}
