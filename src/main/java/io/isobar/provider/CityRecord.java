package io.isobar.provider;

import java.time.ZoneId;

import io.isobar.weather.City;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A city as the registry stores it. */
@Entity
@Table(name = "city")
class CityRecord {

	@Id
	private String name;

	private String country;

	private @Nullable Double latitude;

	private @Nullable Double longitude;

	private String zone;

	private boolean listed;

	CityRecord(City city) {
		this.name = city.name();
		this.country = city.country();
		this.latitude = city.latitude();
		this.longitude = city.longitude();
		this.zone = city.zone().getId();
		this.listed = city.listed();
	}

	/** For JPA. */
	@SuppressWarnings("NullAway.Init")
	protected CityRecord() {
	}

	City toCity() {
		return new City(this.name, this.country, this.latitude, this.longitude, ZoneId.of(this.zone), this.listed);
	}

}
