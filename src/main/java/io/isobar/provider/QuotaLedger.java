package io.isobar.provider;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.weather.Origin;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The ledger of what was spent, in PostgreSQL. A booking is one conditional statement in
 * a transaction of its own that is committed before the call: whoever dies in between has
 * spent it. What a call has cost is written once and never tried again, so nothing is
 * given back twice.
 */
@Component
class QuotaLedger implements Quotas {

	private static final Logger logger = LoggerFactory.getLogger(QuotaLedger.class);

	/** One row a day; the lock on it makes bookings come one after the other. */
	private static final String BOOK = """
			INSERT INTO provider_quota AS quota (provider, utc_day, history, current_conditions)
			SELECT :provider, :day, CAST(:history AS double precision), CAST(:current AS double precision)
			WHERE :history + :current <= :limit AND :history <= :historyLimit
			ON CONFLICT (provider, utc_day) DO UPDATE
			SET history = quota.history + excluded.history,
			    current_conditions = quota.current_conditions + excluded.current_conditions
			WHERE quota.history + quota.current_conditions + :history + :current <= :limit
			  AND quota.history + :history <= :historyLimit""";

	private static final String CORRECT = """
			UPDATE provider_quota SET history = greatest(0, history + :history),
			    current_conditions = greatest(0, current_conditions + :current)
			WHERE provider = :provider AND utc_day = :day""";

	private final JdbcClient jdbc;

	private final TransactionTemplate ownTransaction;

	private final ObjectProvider<Reserve> reserves;

	private final ObjectProvider<Providers> providers;

	private final MeterRegistry meters;

	private final Clock clock;

	/** What the gauges have shown last, for the time that the database is away. */
	private final Map<Origin, Double> shown = new ConcurrentHashMap<>();

	/** What was spent in a day. */
	private record Spent(double history, double current) {

		private static final Spent NOTHING = new Spent(0, 0);

		double all() {
			return this.history + this.current;
		}

	}

	QuotaLedger(JdbcClient jdbc, PlatformTransactionManager transactions, ObjectProvider<Reserve> reserves,
			ObjectProvider<Providers> providers, MeterRegistry meters, Clock clock) {
		this.jdbc = jdbc;
		this.ownTransaction = new TransactionTemplate(transactions);
		this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.reserves = reserves;
		this.providers = providers;
		this.meters = meters;
		this.clock = clock;
	}

	@Override
	public Quota of(Origin origin, String name, Terms terms) {
		Gauge.builder("isobar.provider.quota.budget", terms, Terms::dailyBudget)
			.description("What may be spent with a provider in a day (UTC)")
			.tag("provider", origin.name())
			.baseUnit(terms.unit())
			.register(this.meters);
		Gauge.builder("isobar.provider.quota.spent", origin, this::spentForShow)
			.description("What was spent with a provider today (UTC), calls that are under way included")
			.tag("provider", origin.name())
			.baseUnit(terms.unit())
			.register(this.meters);
		return (use, most) -> book(origin, name, terms, use, most);
	}

	@Override
	public Allowance left(Provider provider, Use use) {
		Instant now = this.clock.instant();
		LocalDate day = day(now);
		Spent spent = spent(provider.origin(), day);
		double left = provider.terms().dailyBudget() - spent.all();
		if (use == Use.FIRST_HISTORY) {
			left = Math.min(left, provider.terms().dailyBudget() / 2.0 - spent.history());
		}
		if (use == Use.CURRENT) {
			left -= reserve(provider, now);
		}
		return new Allowance(Math.max(0, left), now, end(day));
	}

	private Quota.Booking book(Origin origin, String name, Terms terms, Use use, double most) {
		Instant now = this.clock.instant();
		LocalDate day = day(now);
		double budget = terms.dailyBudget();
		boolean booked;
		try {
			double limit = (use == Use.CURRENT) ? budget - reserve(origin, now) : budget;
			double historyLimit = (use == Use.FIRST_HISTORY) ? budget / 2 : Double.POSITIVE_INFINITY;
			booked = Boolean.TRUE.equals(this.ownTransaction
				.execute((status) -> statement(BOOK, origin, day, use, most).param("limit", limit)
					.param("historyLimit", historyLimit)
					.update() == 1));
		}
		catch (DataAccessException | TransactionException ex) {
			throw new ProviderFailed(origin, Reason.NOT_BOOKED,
					"%s was not asked, as the cost of the call could not be booked: %s".formatted(name,
							String.valueOf(ex.getMessage())));
		}
		if (!booked) {
			throw exceeded(origin, name, terms, use, day);
		}
		return (cost) -> correct(origin, day, use, most, cost);
	}

	private static ProviderFailed exceeded(Origin origin, String name, Terms terms, Use use, LocalDate day) {
		String share = switch (use) {
			case HISTORY -> "";
			case FIRST_HISTORY -> ", of which the first run takes half";
			case CURRENT -> ", and the next run of the batch layer comes first";
		};
		return new ProviderFailed(origin, Reason.QUOTA_USED_UP, String.format(Locale.ROOT,
				"%s may be asked for %d %s a day (daily-budget in isobar.provider)%s: what is left of them does not suffice.",
				name, terms.dailyBudget(), terms.unit(), share), end(day), null);
	}

	private void correct(Origin origin, LocalDate day, Use use, double most, double cost) {
		if (Double.isNaN(cost) || cost < 0 || cost == most) {
			return;
		}
		try {
			this.ownTransaction
				.executeWithoutResult((status) -> statement(CORRECT, origin, day, use, cost - most).update());
		}
		catch (DataAccessException | TransactionException ex) {
			// It may have been written: what was booked is never too little
			logger.debug("What a call to {} has cost was not written; what was booked for it stands.", origin.name(),
					ex);
		}
	}

	private JdbcClient.StatementSpec statement(String sql, Origin origin, LocalDate day, Use use, double amount) {
		return this.jdbc.sql(sql)
			.param("provider", origin.name())
			.param("day", day)
			.param("history", (use == Use.CURRENT) ? 0.0 : amount)
			.param("current", (use == Use.CURRENT) ? amount : 0.0);
	}

	private Spent spent(Origin origin, LocalDate day) {
		return this.jdbc
			.sql("SELECT history, current_conditions FROM provider_quota WHERE provider = :provider AND utc_day = :day")
			.param("provider", origin.name())
			.param("day", day)
			.query((row, number) -> new Spent(row.getDouble("history"), row.getDouble("current_conditions")))
			.optional()
			.orElse(Spent.NOTHING);
	}

	private double spentForShow(Origin origin) {
		try {
			this.shown.put(origin, spent(origin, day(this.clock.instant())).all());
		}
		catch (DataAccessException ex) {
			logger.debug("What was spent with {} cannot be read.", origin.name(), ex);
		}
		return this.shown.getOrDefault(origin, Double.NaN);
	}

	private double reserve(Origin origin, Instant now) {
		Providers known = this.providers.getIfAvailable();
		return (known == null) ? 0 : known.find(origin).map((provider) -> reserve(provider, now)).orElse(0.0);
	}

	private double reserve(Provider provider, Instant now) {
		Instant until = end(day(now));
		return this.reserves.stream().mapToDouble((reserve) -> reserve.needed(provider, now, until)).sum();
	}

	private static LocalDate day(Instant now) {
		return LocalDate.ofInstant(now, ZoneOffset.UTC);
	}

	private static Instant end(LocalDate day) {
		return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
	}

}
