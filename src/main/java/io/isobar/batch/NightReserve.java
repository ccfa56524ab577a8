package io.isobar.batch;

import java.time.Duration;
import java.time.Instant;

import io.isobar.jobs.Schedule;
import io.isobar.provider.Provider;
import io.isobar.provider.Providers;
import io.isobar.provider.Reserve;
import org.jspecify.annotations.Nullable;

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
		Schedule schedule = new Schedule(this.settings.schedule(), this.settings.zoneOrSystem());
		Instant last = schedule.last(now).orElse(Instant.EPOCH);
		Known before = this.known;
		if (before != null && before.until().equals(until) && before.last().equals(last) && !now.isBefore(before.at())
				&& now.isBefore(before.at().plus(A_MINUTE))) {
			return before.needed();
		}
		Instant next = schedule.next(now);
		double needed = (next != null && next.isBefore(until)) ? this.questions.cost(next)
				: this.questions.costOfNewest(now, last);
		this.known = new Known(now, until, last, needed);
		return needed;
	}

}
