package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;

import io.isobar.provider.Provider;
import io.isobar.provider.Quotas;
import io.isobar.provider.Quotas.Allowance;
import io.isobar.provider.Use;
import io.isobar.speed.ProducerSettings.Mode;
import io.isobar.weather.Origin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** Ten hours before the budget is granted anew, with five cities. */
class PaceTests {

	private static final Instant NOW = Instant.parse("2026-01-31T14:00:00Z");

	/** When a round begins, of a clock that may show anything, also less than zero. */
	private static final long BEGAN = Long.MAX_VALUE - 1;

	private static final int CITIES = 5;

	private final Quotas quotas = mock();

	@Test
	void aProviderIsAskedAsFastAsItsBudgetAllows() {
		Pace pace = pace(Mode.CONTINUOUS, null);
		Provider vendor = vendor(500);

		assertThat(pace.asked(vendor, BEGAN, CITIES, 1)).isEqualTo(Duration.ofMinutes(6));

		assertThat(pace.isDue(vendor, BEGAN + Duration.ofSeconds(359).toNanos())).isFalse();
		assertThat(pace.isDue(vendor, BEGAN + Duration.ofSeconds(360).toNanos())).isTrue();
	}

	@Test
	void whileItsBudgetIsNotKnownAProviderIsAskedAsFastAsBefore() {
		Pace pace = pace(Mode.CONTINUOUS, null);
		Provider vendor = vendor(500);
		pace.asked(vendor, BEGAN, CITIES, 1);
		given(this.quotas.left(vendor, Use.CURRENT)).willThrow(new DataAccessResourceFailureException("away"));

		assertThat(pace.asked(vendor, BEGAN, CITIES, 1)).isEqualTo(Duration.ofMinutes(6));
	}

	@Test
	void whoHasNothingLeftIsAskedAgainWhenTheBatchLayerMayNeedLess() {
		Pace pace = pace(Mode.CONTINUOUS, null);

		assertThat(pace.asked(vendor(4), BEGAN, CITIES, 1)).isEqualTo(Duration.ofMinutes(15));
	}

	@Test
	void theSimulatorIsAskedEveryTenSecondsAndIsAlwaysDue() {
		Pace pace = pace(Mode.CONTINUOUS, null);
		Provider simulator = simulator();

		assertThat(pace.asked(simulator, BEGAN, CITIES, 1)).isEqualTo(Duration.ofSeconds(10));
		assertThat(pace.isDue(simulator, BEGAN)).isTrue();
	}

	@Test
	void anIntervalThatIsSetIsKeptWhereTheBudgetAllowsIt() {
		assertThat(pace(Mode.CONTINUOUS, Duration.ofMinutes(10)).asked(vendor(500), BEGAN, CITIES, 1))
			.isEqualTo(Duration.ofMinutes(10));
		assertThat(pace(Mode.CONTINUOUS, Duration.ofMinutes(2)).asked(vendor(500), BEGAN, CITIES, 1))
			.isEqualTo(Duration.ofMinutes(6));
		assertThat(pace(Mode.CONTINUOUS, Duration.ofSeconds(3)).asked(simulator(), BEGAN, CITIES, 1))
			.isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void aNumberOfMessagesIsSentAtOnceWhereTheBudgetSufficesForAll() {
		assertThat(pace(Mode.ONCE, null).asked(vendor(500), BEGAN, CITIES, 100)).isEqualTo(Duration.ofSeconds(1));
		assertThat(pace(Mode.ONCE, null).asked(vendor(499), BEGAN, CITIES, 100)).isGreaterThan(Duration.ofMinutes(6));
		assertThat(pace(Mode.ONCE, null).asked(simulator(), BEGAN, CITIES, 100)).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void anIntervalBelowASecondIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> pace(Mode.CONTINUOUS, Duration.ofMillis(999)))
			.withMessageContaining("isobar.speed.producer.interval");
	}

	private Pace pace(Mode mode, @Nullable Duration interval) {
		return new Pace(new ProducerSettings(true, mode, interval, 10), this.quotas);
	}

	/** Charges 1 for a city. */
	private Provider vendor(double left) {
		Provider vendor = mock();
		given(vendor.origin()).willReturn(Origin.OPEN_METEO);
		given(vendor.costOfCurrent()).willReturn(1.0);
		given(this.quotas.left(vendor, Use.CURRENT))
			.willReturn(new Allowance(left, NOW, Instant.parse("2026-02-01T00:00:00Z")));
		return vendor;
	}

	private static Provider simulator() {
		Provider simulator = mock();
		given(simulator.origin()).willReturn(Origin.SIMULATED);
		return simulator;
	}

}
