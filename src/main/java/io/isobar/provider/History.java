package io.isobar.provider;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;

/**
 * What a provider said about the past.
 *
 * @param asked the days it was asked about
 * @param origin who answered
 * @param url what was called, without its key; empty where nothing was called
 * @param raw the answer as it came, for the raw store; empty for the simulator
 * @param readings of the asked days alone, in the order of time; a day without data has
 * one empty reading at its start, so that this answer replaces an older one
 * @param counts what became of the rows
 * @param days the outcome for each asked day that the answer speaks of
 * @param cost what the provider charged, in the unit of its {@link Terms}
 */
public record History(Asked asked, Origin origin, String url, byte[] raw, List<Reading> readings, Counts counts,
		SortedMap<LocalDate, Outcome> days, double cost) {

	public History {
		readings = List.copyOf(readings);
		days = Collections.unmodifiableSortedMap(new TreeMap<>(days));
	}

	/**
	 * What an answer says about the asked days. Rows of other days, and rows observed
	 * after they were collected, are filtered.
	 * @param spokenOf the days that the answer speaks of, be it only to say that there is
	 * nothing; of others it is not known what the provider has
	 */
	public static History of(Asked asked, Origin origin, String url, byte[] raw, Rows rows,
			Collection<LocalDate> spokenOf, double cost) {
		SortedMap<LocalDate, Outcome> days = new TreeMap<>();
		asked.days().stream().filter(spokenOf::contains).forEach((day) -> days.put(day, Outcome.NO_DATA));
		List<Reading> readings = new ArrayList<>(rows.readings().size());
		int flagged = 0;
		for (Reading reading : rows.readings()) {
			Instant observed = reading.observedAt();
			if (asked.includes(observed) && !observed.isAfter(asked.collected())) {
				readings.add(reading);
				flagged += reading.flagged().size();
				if (!reading.isEmpty()) {
					days.put(LocalDate.ofInstant(observed, asked.city().zone()), Outcome.VALUES);
				}
			}
		}
		Counts counts = new Counts(rows.counts().read(),
				rows.counts().filtered() + rows.readings().size() - readings.size(), rows.counts().rejected(), flagged,
				rows.counts().rejections());
		days.forEach((day, outcome) -> {
			if (outcome == Outcome.NO_DATA) {
				readings.add(Reading.hour(asked.city().name(), asked.startOf(day), origin, Channel.HISTORY,
						asked.collected(), Values.NONE));
			}
		});
		readings.sort((one, other) -> one.observedAt().compareTo(other.observedAt()));
		return new History(asked, origin, url, raw, readings, counts, days, cost);
	}

	/** The asked days that the answer does not speak of. */
	public List<LocalDate> unanswered() {
		return this.asked.days().stream().filter((day) -> !this.days.containsKey(day)).toList();
	}

	/** Whether any of the asked days has values. */
	public boolean hasValues() {
		return this.days.containsValue(Outcome.VALUES);
	}

	/** What is known about an asked day. */
	public enum Outcome {

		/** There is at least one value. */
		VALUES,

		/** The provider answered, and has nothing. */
		NO_DATA

	}

}
