package io.isobar.provider;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;

import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.http.Limits;
import io.isobar.provider.http.Price;
import io.isobar.provider.http.ProviderClient;
import io.isobar.provider.http.Secret;
import io.isobar.weather.Origin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A process that asks a provider once, for 24 records. What it is told: whether it dies
 * between booking and call; the provider's URL; URL, user and password of the database.
 */
final class Spender {

	static final int REFUSED = 3;

	private Spender() {
	}

	public static void main(String[] told) {
		Clock clock = new MovableClock(Instant.parse("2025-03-13T08:00:00Z"));
		Quota quota = QuotaLedgerIT
			.ledger(new DriverManagerDataSource(told[2], told[3], told[4]), new DefaultListableBeanFactory(),
					new SimpleMeterRegistry(), clock)
			.of(Origin.VISUAL_CROSSING, "Visual Crossing", QuotaLedgerIT.TERMS);
		ProviderClient client = new ProviderClient(Origin.VISUAL_CROSSING, "Visual Crossing", Secret.of(null),
				Limits.ofConcurrent(1), told[0].equals("dies") ? dyingAfter(quota) : quota, clock);
		try {
			client.ask(URI.create(told[1] + "/"), new Price(Use.HISTORY, 24, 0), (response) -> null, (body) -> body,
					(body) -> 24);
		}
		catch (ProviderFailed failure) {
			System.exit((failure.reason() == Reason.QUOTA_USED_UP) ? REFUSED : 1);
		}
	}

	private static Quota dyingAfter(Quota quota) {
		return (use, most) -> {
			quota.book(use, most);
			Runtime.getRuntime().halt(137);
			throw new IllegalStateException("It is dead.");
		};
	}

}
