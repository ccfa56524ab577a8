package io.isobar.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;

import io.isobar.provider.Provider;
import io.isobar.provider.Providers;
import io.isobar.provider.Reserve;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.support.CronExpression;
import org.springframework.stereotype.Component;

/**
 * Puts aside what the nightly run costs: all that a run will ask if it comes before the
 * budget is granted anew; after it, what it did not get of the newest days. Computed at
 * most once a minute: until then it is rather too much, as a run that spends needs less.
 */
@Component
class NightReserve implements Reserve {

	private static final Duration A_MINUTE = Duration.ofMinutes(1);

	private final BatchSettings settings;

	private final Questions questions;

	private final Providers providers;

	private volatile @Nullable Known known;

	private record Known(Instant at, Instant until, Instant last, double needed) {
	}

	NightReserve(BatchSettings settings, Questions questions, Providers providers) {
		this.settings = settings;
		this.questions = questions;
		this.providers = providers;
	}

	@Override
	public double needed(Provider provider, Instant now, Instant until) {
		if (!provider.origin().equals(this.providers.historian().origin())) {
			return 0;
		}
		ZonedDateTime local = now.atZone(this.settings.zoneOrSystem());
		CronExpression schedule = CronExpression.parse(this.settings.schedule());
		Instant last = lastBefore(schedule, local);
		Known before = this.known;
		if (before != null && before.until().equals(until) && before.last().equals(last) && !now.isBefore(before.at())
				&& now.isBefore(before.at().plus(A_MINUTE))) {
			return before.needed();
		}
		ZonedDateTime next = schedule.next(local);
		double needed = (next != null && next.toInstant().isBefore(until)) ? this.questions.cost(next.toInstant())
				: this.questions.costOfNewest(now, last);
		this.known = new Known(now, until, last, needed);
		return needed;
	}

	/** When the last run was due; the beginning of time if that is long ago. */
	private static Instant lastBefore(CronExpression schedule, ZonedDateTime now) {
		Instant last = Instant.EPOCH;
		for (ZonedDateTime next = schedule.next(now.minusDays(2)); next != null
				&& !next.isAfter(now); next = schedule.next(next)) {
			last = next.toInstant();
		}
		return last;
	}

}
