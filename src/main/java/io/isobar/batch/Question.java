package io.isobar.batch;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import io.isobar.weather.City;

/** Days in a row that are to be asked of a city. */
record Question(City city, LocalDate from, LocalDate to) {

	long days() {
		return ChronoUnit.DAYS.between(this.from, this.to) + 1;
	}

	/**
	 * Questions about these days.
	 * @param newestFirst each once
	 * @param mostDays in one question
	 */
	static List<Question> about(City city, List<LocalDate> newestFirst, int mostDays) {
		List<Question> questions = new ArrayList<>();
		LocalDate to = null;
		LocalDate from = null;
		for (LocalDate day : newestFirst) {
			if (from == null || to == null || !day.equals(from.minusDays(1)) || !day.isAfter(to.minusDays(mostDays))) {
				if (from != null && to != null) {
					questions.add(new Question(city, from, to));
				}
				to = day;
			}
			from = day;
		}
		if (from != null && to != null) {
			questions.add(new Question(city, from, to));
		}
		return questions;
	}

}
