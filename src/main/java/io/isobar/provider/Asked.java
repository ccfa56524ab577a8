package io.isobar.provider;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

import io.isobar.weather.City;

/**
 * What is asked about the past: whole local days of a city that have ended.
 *
 * @param city whose zone says when a day begins
 * @param from the first local day
 * @param to the last one, included
 * @param collected when it was asked
 */
public record Asked(City city, LocalDate from, LocalDate to, Instant collected) {

	public Asked {
		if (to.isBefore(from)) {
			throw new IllegalArgumentException("No day lies between %s and %s.".formatted(from, to));
		}
		if (!to.isBefore(LocalDate.ofInstant(collected, city.zone()))) {
			throw new IllegalArgumentException("%s has not ended in %s at %s: only days that have ended are history."
				.formatted(to, city.name(), collected));
		}
	}

	/** Every local day, in order. */
	public List<LocalDate> days() {
		return this.from.datesUntil(this.to.plusDays(1)).toList();
	}

	/** The instant at which that local day begins. */
	public Instant startOf(LocalDate day) {
		return day.atStartOfDay(this.city.zone()).toInstant();
	}

	/** The instant at which the first day begins. */
	public Instant start() {
		return startOf(this.from);
	}

	/** The instant at which the last day has ended: the first one that is not asked. */
	public Instant end() {
		return startOf(this.to.plusDays(1));
	}

	/** Whether that instant lies in one of the days. */
	public boolean includes(Instant instant) {
		return !instant.isBefore(start()) && instant.isBefore(end());
	}

}
