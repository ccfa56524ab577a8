package io.isobar.provider;

import java.io.File;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.isobar.embedded.EmbeddedStores;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Quota.Booking;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** What is spent is never more than the budget, whoever dies and however many spend. */
class QuotaLedgerIT {

	private static final Instant NOW = Instant.parse("2025-03-13T08:00:00Z");

	private static final Instant MIDNIGHT = Instant.parse("2025-03-14T00:00:00Z");

	static final Terms TERMS = new Terms(100, "records", Period.ofDays(2));

	private static JdbcConnectionDetails database;

	private static DriverManagerDataSource source;

	@RegisterExtension
	private static final WireMockExtension vendor = WireMockExtension.newInstance()
		.options(WireMockConfiguration.wireMockConfig().dynamicPort())
		.build();

	private final MovableClock clock = new MovableClock(NOW);

	private final MeterRegistry meters = new SimpleMeterRegistry();

	private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

	private final QuotaLedger ledger = ledger(source, this.beans, this.meters, this.clock);

	private final Quota quota = this.ledger.of(Origin.VISUAL_CROSSING, "Visual Crossing", TERMS);

	@BeforeAll
	static void migrate() {
		database = EmbeddedStores.postgresql("quotas");
		source = new DriverManagerDataSource(String.valueOf(database.getJdbcUrl()),
				String.valueOf(database.getUsername()), String.valueOf(database.getPassword()));
		Flyway.configure().dataSource(source).load().migrate();
	}

	@BeforeEach
	void nothingIsSpent() {
		JdbcClient.create(source).sql("DELETE FROM provider_quota").update();
	}

	@Test
	void whatIsBookedIsReplacedByWhatItCost() {
		Booking booking = this.quota.book(Use.HISTORY, 48);
		assertThat(spent()).isEqualTo(48);

		booking.cost(24);

		assertThat(spent()).isEqualTo(24);
		assertThat(this.meters.get("isobar.provider.quota.spent").tag("provider", "visual_crossing").gauge().value())
			.isEqualTo(24);
		assertThat(this.meters.get("isobar.provider.quota.budget").gauge().value()).isEqualTo(100);
	}

	@Test
	void whatWouldExceedTheBudgetIsRefusedUntilMidnightUtc() {
		this.quota.book(Use.HISTORY, 90);

		assertThatExceptionOfType(ProviderFailed.class).isThrownBy(() -> this.quota.book(Use.HISTORY, 11))
			.withMessage(
					"Visual Crossing may be asked for 100 records a day (daily-budget in isobar.provider): what is left of them does not suffice.")
			.satisfies((failure) -> {
				assertThat(failure.reason()).isEqualTo(Reason.QUOTA_USED_UP);
				assertThat(failure.until()).hasValue(MIDNIGHT);
			});
		this.quota.book(Use.HISTORY, 10);
		assertThat(spent()).isEqualTo(100);
		this.clock.move(Duration.ofHours(16));
		this.quota.book(Use.HISTORY, 100);
	}

	@Test
	void aDaysBookingIsCorrectedOnItsDay() {
		Booking booking = this.quota.book(Use.HISTORY, 90);
		this.clock.move(Duration.ofHours(16));
		this.quota.book(Use.HISTORY, 100);

		booking.cost(0);

		assertThat(spent()).isEqualTo(100);
		assertThatExceptionOfType(ProviderFailed.class).isThrownBy(() -> this.quota.book(Use.HISTORY, 1));
	}

	@Test
	void nonsenseAboutTheCostChangesNothing() {
		this.quota.book(Use.HISTORY, 10).cost(-1e9);
		this.quota.book(Use.HISTORY, 10).cost(Double.NaN);

		assertThat(spent()).isEqualTo(20);
	}

	@Test
	void theFirstRunTakesAtMostHalf() {
		this.quota.book(Use.CURRENT, 40);
		this.quota.book(Use.FIRST_HISTORY, 50);

		assertThatExceptionOfType(ProviderFailed.class).isThrownBy(() -> this.quota.book(Use.FIRST_HISTORY, 1))
			.withMessageContaining("the first run takes half");
		this.quota.book(Use.HISTORY, 10);
	}

	@Test
	void whatTheNightNeedsIsNotSpentOnCurrentConditions() {
		double[] needed = { 70 };
		Provider provider = new Vendor(TERMS);
		this.beans.registerSingleton("providers", new Providers(List.of(Origin.VISUAL_CROSSING), List.of(provider)));
		this.beans.registerSingleton("reserve", (Reserve) (asked, now, until) -> needed[0]);

		assertThat(this.ledger.left(provider, Use.CURRENT)).isEqualTo(new Quotas.Allowance(30, NOW, MIDNIGHT));
		this.quota.book(Use.CURRENT, 30);
		assertThatExceptionOfType(ProviderFailed.class).isThrownBy(() -> this.quota.book(Use.CURRENT, 1))
			.withMessageContaining("the next run of the batch layer comes first");
		this.quota.book(Use.HISTORY, 70);
		needed[0] = 0;
		assertThat(this.ledger.left(provider, Use.CURRENT).amount()).isZero();
	}

	@Test
	void howOftenToAskFollowsFromWhatIsLeft() {
		Quotas.Allowance allowance = new Quotas.Allowance(640, NOW, MIDNIGHT);

		assertThat(allowance.interval(5)).isEqualTo(Duration.ofMinutes(16 * 60).dividedBy(128));
		assertThat(allowance.interval(641)).isEqualTo(Duration.ofHours(16));
		assertThat(allowance.interval(0)).isZero();
	}

	@Test
	void manyWhoSpendAtTheSameTimeNeverSpendMoreThanTheBudget() throws Exception {
		Quota other = ledger(source, this.beans, new SimpleMeterRegistry(), this.clock).of(Origin.VISUAL_CROSSING,
				"Visual Crossing", TERMS);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Future<Integer>> booked = new ArrayList<>();
			for (int thread = 0; thread < 8; thread++) {
				Quota used = (thread % 2 == 0) ? this.quota : other;
				Use use = (thread % 4 < 2) ? Use.HISTORY : Use.CURRENT;
				booked.add(threads.submit(() -> bookAllThatIsLeft(used, use)));
			}
			int all = 0;
			for (Future<Integer> one : booked) {
				all += one.get(1, TimeUnit.MINUTES);
			}

			assertThat(all).isEqualTo(10);
			assertThat(spent()).isEqualTo(100);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whatIsNotKnownToBeBookedIsNotAsked() {
		JdbcClient.create(source).sql("ALTER TABLE provider_quota RENAME TO gone").update();
		try {
			assertThatExceptionOfType(ProviderFailed.class).isThrownBy(() -> this.quota.book(Use.HISTORY, 1))
				.satisfies((failure) -> assertThat(failure.reason()).isEqualTo(Reason.NOT_BOOKED));
		}
		finally {
			JdbcClient.create(source).sql("ALTER TABLE gone RENAME TO provider_quota").update();
		}
	}

	/**
	 * A process dies at once and without any clean-up, again and again: after its booking
	 * and before the call, and after the call and before its cost is known.
	 */
	@Test
	void whoeverDiesBetweenBookingAndCallHasSpentIt() throws Exception {
		vendor.stubFor(get(anyUrl()).willReturn(aResponse().withFixedDelay(60_000)));

		for (int i = 0; i < 2; i++) {
			Process process = spend("dies");
			assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
			assertThat(process.exitValue()).isEqualTo(137);
		}
		assertThat(spent()).isEqualTo(48);
		vendor.verify(0, getRequestedFor(anyUrl()));

		for (int i = 1; i <= 2; i++) {
			Process process = spend("asks");
			int asked = i;
			await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> vendor.verify(asked, getRequestedFor(anyUrl())));
			process.destroyForcibly().waitFor();
		}
		assertThat(spent()).isEqualTo(96);

		Process refused = spend("asks");
		assertThat(refused.waitFor(1, TimeUnit.MINUTES)).isTrue();
		assertThat(refused.exitValue()).isEqualTo(Spender.REFUSED);
		assertThat(spent()).isEqualTo(96);
		vendor.verify(2, getRequestedFor(anyUrl()));
	}

	private static int bookAllThatIsLeft(Quota quota, Use use) {
		for (int booked = 0;; booked++) {
			try {
				quota.book(use, 10);
			}
			catch (ProviderFailed failure) {
				if (failure.reason() != Reason.QUOTA_USED_UP) {
					throw failure;
				}
				return booked;
			}
		}
	}

	private double spent() {
		return TERMS.dailyBudget() - this.ledger.left(new Vendor(TERMS), Use.HISTORY).amount();
	}

	private static Process spend(String how) throws Exception {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		String needed = Arrays.stream(classPath.split(File.pathSeparator))
			.filter((entry) -> !entry.contains("spark-"))
			.collect(Collectors.joining(File.pathSeparator));
		return new ProcessBuilder(Stream
			.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-cp", needed,
					Spender.class.getName(), how, vendor.baseUrl(), String.valueOf(database.getJdbcUrl()),
					String.valueOf(database.getUsername()), String.valueOf(database.getPassword()))
			.toList()).inheritIO().start();
	}

	/** Nobody asks it here. */
	private record Vendor(Terms terms) implements Provider {

		@Override
		public Origin origin() {
			return Origin.VISUAL_CROSSING;
		}

		@Override
		public String name() {
			return "Visual Crossing";
		}

		@Override
		public double costOfHistory(LocalDate from, LocalDate to) {
			return 24;
		}

		@Override
		public double costOfCurrent() {
			return 1;
		}

		@Override
		public History history(City city, LocalDate from, LocalDate to, Instant collected, Use use) {
			throw new UnsupportedOperationException();
		}

		@Override
		public History reread(City city, LocalDate from, LocalDate to, Instant collected, byte[] raw) {
			throw new UnsupportedOperationException();
		}

		@Override
		public CurrentConditions current(City city, Instant collected) {
			throw new UnsupportedOperationException();
		}

	}

	static QuotaLedger ledger(DriverManagerDataSource source, DefaultListableBeanFactory beans, MeterRegistry meters,
			Clock clock) {
		return new QuotaLedger(JdbcClient.create(source), new JdbcTransactionManager(source),
				beans.getBeanProvider(Reserve.class), beans.getBeanProvider(Providers.class), meters, clock);
	}

}
