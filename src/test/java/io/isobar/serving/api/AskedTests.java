package io.isobar.serving.api;

import java.time.ZoneId;
import java.util.Optional;

import io.isobar.provider.Cities;
import io.isobar.weather.City;
import org.junit.jupiter.api.Test;

import org.springframework.web.ErrorResponseException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/** What parameters of the address name. */
class AskedTests {

	private static final City PARIS = new City("Paris", "FR", null, null, ZoneId.of("Europe/Paris"), true);

	private final Cities registry = mock(Cities.class);

	private final Asked asked = new Asked(this.registry);

	@Test
	void theRegistryIsAskedForACityUntilItIsThere() {
		given(this.registry.named("Paris")).willReturn(Optional.empty(), Optional.of(PARIS));

		assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> this.asked.city("Paris"));
		assertThat(this.asked.city("Paris")).isEqualTo("Paris");
		assertThat(this.asked.cityOrAll("Paris")).isEqualTo("Paris");

		then(this.registry).should(times(2)).named("Paris");
	}

}
