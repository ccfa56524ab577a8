package io.isobar.provider.file;

import java.time.ZoneId;
import java.util.List;

import io.isobar.provider.file.CityClaim.ZoneConflict;
import io.isobar.weather.City;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CityClaimTests {

	private static final ZoneId FRANCE = ZoneId.of("Europe/Paris");

	private static final ZoneId TEXAS = ZoneId.of("America/Chicago");

	private final KnownCities known = KnownCities.of(List.of(Gathered.PARIS));

	@Test
	void aKnownCityIsTheOneThatIsKnown() throws Exception {
		assertThat(new CityClaim("Paris", "fr", FRANCE, 1.0, 2.0).settle(this.known)).isSameAs(Gathered.PARIS);
		assertThat(new CityClaim(" Paris", null, null, null, null).settle(this.known)).isSameAs(Gathered.PARIS);
	}

	@Test
	void anotherZoneForAKnownCityIsRefusedNamingBoth() {
		assertThatExceptionOfType(ZoneConflict.class)
			.isThrownBy(() -> new CityClaim("Paris", "FR", TEXAS, null, null).settle(this.known))
			.withMessageContaining("Europe/Paris")
			.withMessageContaining("America/Chicago");
	}

	@Test
	void anotherNameOfTheSameZoneIsNoConflict() throws Exception {
		City seattle = new City("Seattle", "US", null, null, ZoneId.of("America/Los_Angeles"), true);

		assertThat(new CityClaim("Seattle", "US", ZoneId.of("US/Pacific"), null, null)
			.settle(KnownCities.of(List.of(seattle)))).isSameAs(seattle);
	}

	@Test
	void aNamesakeInAnotherCountryHasTheCountryInItsName() throws Exception {
		City texan = new CityClaim("Paris", "US", TEXAS, 33.66, -95.55).settle(this.known);

		assertThat(texan).isEqualTo(new City("Paris, US", "US", 33.66, -95.55, TEXAS, false));
		assertThat(
				new CityClaim("Paris", "US", TEXAS, null, null).settle(KnownCities.of(List.of(Gathered.PARIS, texan))))
			.isSameAs(texan);
	}

	@Test
	void aNewCityIsNotListedAndItsNameIsNfc() throws Exception {
		City city = new CityClaim("Bogota\u0301", "CO", ZoneId.of("America/Bogota"), null, null).settle(this.known);

		assertThat(city.name()).isEqualTo("Bogotá");
		assertThat(city.listed()).isFalse();
	}

	@Test
	void aNewCityNeedsACountryAndAZone() {
		assertThatExceptionOfType(RowRejected.class)
			.isThrownBy(() -> new CityClaim("Oslo", null, FRANCE, null, null).settle(this.known))
			.withMessage("the city Oslo is not known, and nothing says its country.");
		assertThatExceptionOfType(RowRejected.class)
			.isThrownBy(() -> new CityClaim("Oslo", "NO", null, null, null).settle(this.known))
			.withMessageContaining("nothing says its time zone");
	}

}
