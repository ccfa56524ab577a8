package io.isobar.speed;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import io.isobar.provider.Cities;
import io.isobar.weather.City;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** What is known of cities while the registry answers, and while it does not. */
class MessageCitiesTests {

	private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

	private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");

	private final Cities registry = mock(Cities.class);

	private final MessageCities cities = new MessageCities(this.registry, Duration.ZERO);

	private final CountDownLatch answers = new CountDownLatch(1);

	@AfterEach
	void end() {
		this.answers.countDown();
		this.cities.destroy();
	}

	@Test
	void whatTheRegistrySaysAnewIsKnownSoon() {
		given(this.registry.named("Town")).willReturn(Optional.of(town(PARIS)));
		assertThat(this.cities.zone("Town")).isEqualTo(PARIS);

		given(this.registry.all()).willReturn(List.of(town(OSLO)));

		await().until(() -> this.cities.zone("Town").equals(OSLO));
	}

	@Test
	@Timeout(60)
	void nobodyWaitsForARegistryThatDoesNotAnswerAboutACityThatIsKnown() {
		given(this.registry.named("Town")).willReturn(Optional.of(town(PARIS)));
		this.cities.zone("Town");
		given(this.registry.all()).willAnswer((call) -> {
			this.answers.await();
			return List.of();
		});

		for (int i = 0; i < 3; i++) {
			assertThat(this.cities.zone("Town")).isEqualTo(PARIS);
		}
	}

	private static City town(ZoneId zone) {
		return new City("Town", "FR", null, null, zone, false);
	}

}
