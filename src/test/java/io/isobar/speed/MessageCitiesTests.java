package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
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

	@Test
	void whoIsOvertakenByANamesakeInAnotherCountryGetsItsOwnName() {
		given(this.registry.named("Town")).willReturn(Optional.empty()).willReturn(Optional.of(town(PARIS)));

		assertThat(this.cities.settled(of("Town", "CA")).city()).isEqualTo("Town, CA");
		then(this.registry).should().register(argThat((city) -> city.name().equals("Town, CA")));
	}

	@Test
	void citiesThatTheRegistryHasAreKnownSoonAfterTheStart() {
		given(this.registry.all()).willReturn(List.of(town(PARIS)));

		await().until(() -> this.cities.settledAsRemembered(of("Town", "CA")).city().equals("Town, CA"));
	}

	private static WeatherMessage of(String city, String country) {
		Instant now = Instant.parse("2026-01-31T14:00:00Z");
		ReadingDraft draft = new ReadingDraft(city, now, Resolution.HOUR, Origin.OPEN_METEO, Channel.STREAM, now);
		return new WeatherMessage(draft.build(), country, WeatherMessage.stationId(city, country), null, null, null,
				null, Outlook.UNKNOWN);
	}

	private static City town(ZoneId zone) {
		return new City("Town", "FR", null, null, zone, false);
	}

}
