package io.isobar.serving.adhoc;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.isobar.jobs.Sentence;
import io.isobar.provider.Cities;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.web.Problems;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Reads what people and programs ask, and says what is wrong with it. */
@Component
public class AdHocQuestions {

	/** More rows nobody reads, and all of them would lie in PostgreSQL. */
	static final long MOST_ROWS = 2_000_000;

	private static final int MOST_YEARS = 10;

	private static final int MOST_NAMED = 20;

	private static final List<String> PARTS = List.of("cities", "from", "to", "metrics", "granularity");

	private final Cities cities;

	AdHocQuestions(Cities cities) {
		this.cities = cities;
	}

	/**
	 * Reads a question.
	 * @param given its parts by name: texts, and lists of texts, as JSON has them
	 * @throws QuestionRefused if it can't be answered
	 */
	public Question read(Map<String, @Nullable Object> given) {
		for (String name : given.keySet()) {
			if (!PARTS.contains(name)) {
				throw refused(Problems.echo(name), Sentence.of("adhoc.unknown",
						"there is no such field. Possible: {0}.", String.join(", ", PARTS)));
			}
		}
		List<String> asked = texts("cities", given.get("cities"), "\"cities\":[\"Paris\"]");
		LocalDate from = day("from", given.get("from"));
		LocalDate to = day("to", given.get("to"));
		List<Metric> metrics = new ArrayList<>();
		for (String name : texts("metrics", given.get("metrics"), "\"metrics\":[\"temperature\"]")) {
			metrics.add(Metric.ofField(name)
				.orElseThrow(() -> refused("metrics", Sentence.of("adhoc.metric",
						"there is no metric {0}. Possible: {1}.", Problems.echo(name), metricNames()))));
		}
		Granularity granularity = granularity(given.get("granularity"));
		if (from.isAfter(to)) {
			throw refused("from", Sentence.of("adhoc.order", "{0} is after to, {1}. Exchange them.", from, to));
		}
		if (!to.isBefore(from.plusYears(MOST_YEARS))) {
			throw refused("to", Sentence.of("adhoc.long",
					"from {0} to {1} is more than {2} years. Ask for a part of it.", from, to, MOST_YEARS));
		}
		Question question = new Question(known(asked), from, to, metrics, granularity);
		if (question.mostRows() > MOST_ROWS) {
			throw refused("granularity", Sentence.of("adhoc.rows",
					"by {0}, that may be {1} rows, and a result has at most {2}. Ask for fewer cities, days or metrics, or for longer periods.",
					granularity.word(), question.mostRows(), MOST_ROWS));
		}
		return question;
	}

	private List<String> known(List<String> asked) {
		Set<String> known = this.cities.all()
			.stream()
			.map(City::name)
			.collect(Collectors.toCollection(LinkedHashSet::new));
		for (String city : asked) {
			if (!known.contains(city)) {
				throw new QuestionRefused("cities",
						Sentence.of("adhoc.city", "there is no city {0}. Known are {1}; names are case-sensitive.",
								Problems.echo(city), named(known)),
						true);
			}
		}
		return asked;
	}

	private static String named(Set<String> known) {
		String names = known.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
		return (known.size() > MOST_NAMED) ? names + ", … (/api/cities)" : names;
	}

	private static String metricNames() {
		return Metric.ALL.stream().map(Metric::field).collect(Collectors.joining(", "));
	}

	/** Each once, in their order. */
	private static List<String> texts(String name, @Nullable Object value, String example) {
		if (value == null) {
			throw missing(name, example);
		}
		if (!(value instanceof List<?> list)) {
			throw refused(name, Sentence.of("adhoc.list", "is no list. Write it as {0}.", example));
		}
		if (list.isEmpty()) {
			throw refused(name, Sentence.of("adhoc.empty", "is empty. Name at least one, as in {0}.", example));
		}
		Map<String, String> texts = new LinkedHashMap<>();
		for (Object each : list) {
			if (!(each instanceof String text)) {
				throw refused(name, Sentence.of("adhoc.text", "{0} is no text. Write it as {1}.",
						Problems.echo(String.valueOf(each)), example));
			}
			texts.put(text, text);
		}
		return List.copyOf(texts.values());
	}

	private static LocalDate day(String name, @Nullable Object value) {
		if (value == null) {
			throw missing(name, "\"" + name + "\":\"2024-01-31\"");
		}
		try {
			// Four digits of a year, no sign
			if (value instanceof String text && text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
				return LocalDate.parse(text);
			}
		}
		catch (DateTimeException ex) {
			// Said below
		}
		throw refused(name, Sentence.of("adhoc.day", "{0} is no day. Write it as 2024-01-31.",
				Problems.echo(String.valueOf(value))));
	}

	private static Granularity granularity(@Nullable Object value) {
		if (value == null) {
			throw missing("granularity", "\"granularity\":\"day\"");
		}
		return Granularity.of(String.valueOf(value))
			.orElseThrow(
					() -> refused("granularity", Sentence.of("adhoc.granularity", "{0} is not possible. Possible: {1}.",
							Problems.echo(String.valueOf(value)), String.join(", ", Granularity.words()))));
	}

	private static QuestionRefused missing(String name, String example) {
		return refused(name, Sentence.of("adhoc.missing", "is missing. Add it, as in {0}.", example));
	}

	private static QuestionRefused refused(String name, Sentence sentence) {
		return new QuestionRefused(name, sentence);
	}

}
