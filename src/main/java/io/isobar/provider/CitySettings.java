package io.isobar.provider;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.isobar.weather.City;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The cities that are collected.
 *
 * @param cities each with a name of its own
 */
@Validated
@ConfigurationProperties("isobar")
record CitySettings(@DefaultValue @Valid List<Listed> cities) {

	/**
	 * A city as the configuration names it.
	 *
	 * @param name its identity
	 * @param country two letters
	 * @param latitude degrees north
	 * @param longitude degrees east
	 * @param timezone IANA zone, such as Europe/Paris
	 */
	record Listed(@NotBlank(message = "A city in isobar.cities has no name.") String name,
			@NotBlank(message = "A city in isobar.cities has no country.") String country,
			@DecimalMin("-90") @DecimalMax("90") @Nullable Double latitude,
			@DecimalMin("-180") @DecimalMax("180") @Nullable Double longitude, @Nullable String timezone) {

		@AssertTrue(
				message = "A city in isobar.cities has no timezone, or one that does not exist. It decides which local day a reading belongs to: set an IANA zone such as Europe/Paris.")
		boolean isZoneKnown() {
			try {
				return this.timezone != null && ZoneId.of(this.timezone) != null;
			}
			catch (DateTimeException ex) {
				return false;
			}
		}

		City city() {
			return new City(this.name, this.country, this.latitude, this.longitude,
					ZoneId.of((this.timezone != null) ? this.timezone : "UTC"), true);
		}

	}

	@AssertTrue(
			message = "Two cities in isobar.cities have the same name: the name is a city's identity. Call the second one, for example, \"Paris, US\".")
	boolean isEachNameUnique() {
		Set<String> names = new HashSet<>();
		return this.cities.stream().allMatch((city) -> city.name() == null || names.add(city.city().name()));
	}

}
