package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.List;
import java.util.function.Predicate;

import io.isobar.jobs.Duties;
import io.isobar.provider.Cities;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.MovableClock;
import io.isobar.provider.Provider;
import io.isobar.provider.Providers;
import io.isobar.provider.Quotas;
import io.isobar.provider.TestCities;
import io.isobar.speed.ProducerSettings.Mode;
import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

/** Rounds through the cities, of which there is one. */
class WeatherProducerTests {

	private static final Instant NOW = Instant.parse("2026-01-31T14:00:00Z");

	private static final int LONG = 60_000;

	private final MovableClock clock = new MovableClock(NOW);

	private final Providers providers = mock();

	private final Cities cities = mock();

	private final Duties duties = mock();

	private final WeatherProducer producer = new WeatherProducer(
			new ProducerSettings(true, Mode.CONTINUOUS, Duration.ofSeconds(1), 10),
			new SpeedSettings(true, "weather", Period.ofDays(35)), mock(KafkaClients.class), this.cities,
			this.providers, mock(Quotas.class), this.duties, new SimpleMeterRegistry(), this.clock);

	@BeforeEach
	void itIsThisOnesDuty() {
		given(this.cities.listed()).willReturn(List.of(TestCities.PARIS));
		given(this.duties.isMine(WeatherProducer.DUTY)).willReturn(true);
	}

	@AfterEach
	void stop() {
		this.producer.stop();
	}

	@Test
	void whoCanGoOnNoMoreLeavesItsDutyToAnother() {
		given(this.providers.current(any(), any(), any())).willThrow(new NoClassDefFoundError("io/isobar/Gone"));

		this.producer.start();

		verify(this.duties, timeout(LONG)).giveUp(WeatherProducer.DUTY);
	}

	@Test
	void aClockThatIsSetBackWhileSomebodyIsAskedHoldsUpNoRound() {
		Provider simulator = mock();
		given(simulator.origin()).willReturn(Origin.SIMULATED);
		given(this.providers.current(any(), any(), any())).willAnswer((call) -> {
			call.<Predicate<Provider>>getArgument(2).test(simulator);
			this.clock.move(Duration.ofHours(-1));
			return nothing();
		});

		this.producer.start();

		verify(this.providers, timeout(LONG).atLeast(2)).current(any(), any(), any());
	}

	private CurrentConditions nothing() {
		ReadingDraft draft = new ReadingDraft("Paris", NOW, Resolution.HOUR, Origin.SIMULATED, Channel.STREAM, NOW);
		return new CurrentConditions(draft.build(), null, null, null, Outlook.UNKNOWN, 0);
	}

}
