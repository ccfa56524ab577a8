package io.isobar.provider;

import java.time.ZoneId;

import io.isobar.weather.City;

/** TestCities for tests. */
public final class TestCities {

	public static final City PARIS = city("Paris", "FR", 48.8566, 2.3522, "Europe/Paris");

	public static final City OSLO = city("Oslo", "NO", 59.9139, 10.7522, "Europe/Oslo");

	public static final City SINGAPORE = city("Singapore", "SG", 1.3521, 103.8198, "Asia/Singapore");

	public static final City SYDNEY = city("Sydney", "AU", -33.8688, 151.2093, "Australia/Sydney");

	public static final City QUITO = city("Quito", "EC", -0.1807, -78.4678, "America/Guayaquil");

	public static final City ALEXANDRIA = city("Alexandria", "EG", 31.2001, 29.9187, "Africa/Cairo");

	private TestCities() {
	}

	public static City city(String name, String country, double latitude, double longitude, String zone) {
		return new City(name, country, latitude, longitude, ZoneId.of(zone), true);
	}

}
