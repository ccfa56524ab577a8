package io.isobar.provider.visualcrossing;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.JsonFiles;
import io.isobar.weather.Outlook;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Rows;
import io.isobar.provider.UnitGroup;
import io.isobar.provider.answer.Fields;
import io.isobar.provider.answer.RowRejected;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An answer of the Timeline API, from wherever it came. Observed hours are readings, by
 * their epoch; an hour mixed of observation and forecast ({@code comb}) is one if it does
 * not lie after the answer's current conditions. Everything else is filtered. A day
 * without hours is one reading of the day.
 */
final class VisualCrossingAnswer {

	private static final Duration HOUR = Duration.ofHours(1);

	private final JsonNode root;

	private final UnitGroup units;

	private final Elements elements;

	private final List<JsonNode> days = new ArrayList<>();

	private VisualCrossingAnswer(JsonNode root, UnitGroup units) {
		this.root = root;
		this.units = units;
		this.elements = Elements.in(units);
		for (JsonNode day : root.path("days")) {
			this.days.add(day);
		}
	}

	/**
	 * The answer in those units.
	 * @throws AnswerRefused if it is no such answer, most of its temperatures are
	 * impossible in these units, or no row says when it was or whether it was observed
	 */
	static VisualCrossingAnswer of(JsonNode root, UnitGroup units) {
		if (!root.path("days").isArray()) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"it has no list of days, so it is no answer of Visual Crossing's Timeline. Fetch it again.");
		}
		VisualCrossingAnswer answer = new VisualCrossingAnswer(root, units);
		answer.checkUnits();
		answer.checkPresence();
		return answer;
	}

	/** An answer to a question in metric units. */
	static VisualCrossingAnswer of(byte[] body) {
		return of(JsonFiles.parse(body), UnitGroup.METRIC);
	}

	@Nullable Double latitude() {
		Double latitude = Fields.numberOrNull(this.root, "latitude");
		return (latitude != null) ? latitude : resolved(0);
	}

	@Nullable Double longitude() {
		Double longitude = Fields.numberOrNull(this.root, "longitude");
		return (longitude != null) ? longitude : resolved(1);
	}

	/** What was asked for, as in {@code Paris,FR}. */
	@Nullable String address() {
		return Fields.text(this.root, "address");
	}

	/** What was found, as in {@code Paris, Île-de-France, France}. */
	@Nullable String resolvedAddress() {
		return Fields.text(this.root, "resolvedAddress");
	}

	/** The zone's name, as in {@code Europe/Paris}. */
	@Nullable String timezone() {
		return Fields.text(this.root, "timezone");
	}

	/** What was charged, in records; null where the answer does not say it. */
	@Nullable Double cost() {
		return Fields.numberOrNull(this.root, "queryCost");
	}

	/** The local days it speaks about. */
	List<LocalDate> dates() {
		List<LocalDate> dates = new ArrayList<>();
		for (JsonNode day : this.days) {
			LocalDate date = date(day);
			if (date != null) {
				dates.add(date);
			}
		}
		return dates;
	}

	/** Its readings. */
	Rows rows(City city, Channel channel, Instant collected) {
		Rows.Gatherer rows = new Rows.Gatherer();
		Instant now = Fields.epoch(this.root.path("currentConditions"), "datetimeEpoch");
		for (JsonNode day : this.days) {
			try {
				if (!hasHours(day)) {
					day(day, city, channel, collected, rows);
				}
				else {
					for (JsonNode hour : day.path("hours")) {
						hour(day, hour, now, city, channel, collected, rows);
					}
				}
			}
			catch (RowRejected rejection) {
				rows.reject("%s: %s".formatted(label(day), rejection.sentence()));
			}
		}
		return rows.rows();
	}

	/**
	 * The weather now.
	 * @throws AnswerRefused if the answer does not have it
	 */
	CurrentConditions current(City city, Instant collected, double cost) {
		JsonNode now = this.root.path("currentConditions");
		Instant observed = Fields.epoch(now, "datetimeEpoch");
		if (observed == null) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"it has no currentConditions with a datetimeEpoch. Fetch it again with include=current.");
		}
		try {
			ReadingDraft draft = draft(city, observed, Resolution.HOUR, Channel.STREAM, collected);
			this.elements.now(now, draft);
			return new CurrentConditions(draft.build(), lastHour(observed, city, collected), rain(now), storm(now),
					outlook(observed, city), cost);
		}
		catch (RowRejected rejection) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"its current conditions cannot be read (%s). Try again later.".formatted(rejection.sentence()));
		}
	}

	private void hour(JsonNode day, JsonNode hour, @Nullable Instant now, City city, Channel channel, Instant collected,
			Rows.Gatherer rows) {
		Instant observed = Fields.epoch(hour, "datetimeEpoch");
		String source = Fields.text(hour, "source");
		if (observed == null || source == null) {
			rows.reject("%s %s has no %s.".formatted(label(day), label(hour),
					(observed == null) ? "datetimeEpoch" : "source"));
			return;
		}
		if (!isObserved(source, observed, now) || observed.isAfter(collected)) {
			rows.filter();
			return;
		}
		try {
			ReadingDraft draft = draft(city, observed, Resolution.HOUR, channel, collected);
			this.elements.hour(hour, draft);
			rows.add(draft.build());
		}
		catch (RowRejected rejection) {
			rows.reject("%s %s: %s.".formatted(label(day), label(hour), rejection.sentence()));
		}
	}

	private void day(JsonNode day, City city, Channel channel, Instant collected, Rows.Gatherer rows)
			throws RowRejected {
		LocalDate date = date(day);
		String source = Fields.text(day, "source");
		if (date == null || source == null) {
			throw new RowRejected("the day has no %s.".formatted((date == null) ? "datetime" : "source"));
		}
		Instant began = date.atStartOfDay(city.zone()).toInstant();
		// A day mixed of observation and forecast has no observed extremes
		if (!isObserved(source, began, null) || began.isAfter(collected)) {
			rows.filter();
			return;
		}
		ReadingDraft draft = draft(city, began, Resolution.DAY, channel, collected);
		this.elements.day(day, draft);
		rows.add(draft.build());
	}

	private static ReadingDraft draft(City city, Instant observed, Resolution resolution, Channel channel,
			Instant collected) {
		return new ReadingDraft(city.name(), observed, resolution, Origin.VISUAL_CROSSING, channel, collected);
	}

	private static boolean isObserved(String source, Instant observed, @Nullable Instant now) {
		return switch (source) {
			case "obs", "remote" -> true;
			case "comb" -> now != null && !observed.isAfter(now);
			default -> false;
		};
	}

	private static boolean hasHours(JsonNode day) {
		return day.path("hours").isArray() && !day.path("hours").isEmpty();
	}

	/** The observed hour that ended last, if it ended within the last hour. */
	private @Nullable Reading lastHour(Instant now, City city, Instant collected) throws RowRejected {
		for (JsonNode day : this.days) {
			for (JsonNode hour : day.path("hours")) {
				Instant began = Fields.epoch(hour, "datetimeEpoch");
				String source = Fields.text(hour, "source");
				if (began != null && source != null && isObserved(source, began, now) && !began.plus(HOUR).isAfter(now)
						&& began.plus(HOUR.multipliedBy(2)).isAfter(now)) {
					ReadingDraft draft = draft(city, began, Resolution.HOUR, Channel.STREAM, collected);
					this.elements.hour(hour, draft);
					return draft.build();
				}
			}
		}
		return null;
	}

	private Outlook outlook(Instant now, City city) throws RowRejected {
		LocalDate tomorrow = LocalDate.ofInstant(now, city.zone()).plusDays(1);
		JsonNode nextDay = this.root.path("none");
		JsonNode nextHour = nextDay;
		for (JsonNode day : this.days) {
			if (tomorrow.equals(date(day))) {
				nextDay = day;
			}
			for (JsonNode hour : day.path("hours")) {
				Instant begins = Fields.epoch(hour, "datetimeEpoch");
				if (begins != null && begins.isAfter(now) && !begins.isAfter(now.plus(HOUR))) {
					nextHour = hour;
				}
			}
		}
		return new Outlook(this.elements.value(nextHour, "temp", Metric.TEMPERATURE),
				this.elements.value(nextHour, "precip", Metric.PRECIPITATION),
				this.elements.value(nextDay, "tempmin", Metric.TEMPERATURE),
				this.elements.value(nextDay, "tempmax", Metric.TEMPERATURE),
				this.elements.value(nextDay, "precip", Metric.PRECIPITATION));
	}

	private static @Nullable Boolean rain(JsonNode now) {
		String words = words(now);
		boolean typed = Fields.texts(now, "preciptype").stream().anyMatch((type) -> type.contains("rain"));
		if (words.isBlank() && !typed) {
			return null;
		}
		return typed || words.contains("rain") || words.contains("drizzle") || words.contains("shower");
	}

	private static @Nullable Boolean storm(JsonNode now) {
		String words = words(now);
		return words.isBlank() ? null : (Boolean) words.contains("thunder");
	}

	/** Conditions may be translated, the icon's name never is. */
	private static String words(JsonNode now) {
		String conditions = Fields.text(now, "conditions");
		String icon = Fields.text(now, "icon");
		return ((conditions != null) ? conditions : "").concat(" ")
			.concat((icon != null) ? icon.replace("snow-showers", "snow") : "")
			.toLowerCase(Locale.ROOT);
	}

	private void checkUnits() {
		int there = 0;
		int impossible = 0;
		double example = Double.NaN;
		for (JsonNode day : this.days) {
			List<JsonNode> rows = new ArrayList<>(List.of(day));
			day.path("hours").forEach(rows::add);
			for (JsonNode row : rows) {
				for (String element : List.of("temp", "tempmax", "tempmin")) {
					Double written = Fields.numberOrNull(row, element);
					if (written == null) {
						continue;
					}
					there++;
					if (!isPossible(row, element)) {
						impossible++;
						example = Double.isNaN(example) ? written : example;
					}
				}
			}
		}
		if (2 * impossible > there) {
			throw new AnswerRefused(Reason.WRONG_UNITS, wrongUnits(there, impossible, example));
		}
	}

	private boolean isPossible(JsonNode row, String element) {
		try {
			Double celsius = this.elements.value(row, element, Metric.TEMPERATURE);
			return celsius == null || Metric.TEMPERATURE.isPlausible(celsius, Resolution.HOUR);
		}
		catch (RowRejected rejection) {
			return true;
		}
	}

	private String wrongUnits(int there, int impossible, double example) {
		String sentence = "its units are wrong: %d of its %d temperatures, such as %s, are impossible in %s. "
			.formatted(impossible, there, example, switch (this.units) {
				case METRIC, UK -> "°C";
				case US -> "°F";
				case BASE -> "Kelvin";
			});
		if (this.units == UnitGroup.METRIC) {
			sentence += (example > 150) ? "They seem to be in Kelvin: give it a mapping with unitGroup: base, "
					: "They seem to be in °F: give it a mapping with unitGroup: us, ";
			sentence += "or fetch it again with unitGroup=metric.";
		}
		else {
			sentence += "Correct the unitGroup in its mapping.";
		}
		String missing = missing();
		return missing.isEmpty() ? sentence : sentence + " Besides, its rows have no " + missing + ".";
	}

	private void checkPresence() {
		String missing = missing();
		if (!missing.isEmpty()) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"its rows have no %s, so it is not known %s. Fetch it again with all elements.".formatted(missing,
							missing.contains("source") ? "whether they were observed or forecast" : "when they were"));
		}
	}

	/** What no row has at all; empty if there is nothing amiss. */
	private String missing() {
		boolean rows = false;
		boolean epoch = false;
		boolean source = false;
		for (JsonNode day : this.days) {
			if (!hasHours(day)) {
				rows = true;
				epoch |= day.hasNonNull("datetime");
				source |= day.hasNonNull("source");
			}
			for (JsonNode hour : day.path("hours")) {
				rows = true;
				epoch |= hour.hasNonNull("datetimeEpoch");
				source |= hour.hasNonNull("source");
			}
		}
		if (!rows || (epoch && source)) {
			return "";
		}
		if (epoch) {
			return "source";
		}
		return source ? "datetimeEpoch" : "datetimeEpoch and no source";
	}

	/** A coordinate, where the place was resolved to a pair of them. */
	private @Nullable Double resolved(int index) {
		String address = resolvedAddress();
		String[] parts = (address != null) ? address.split(",") : new String[0];
		try {
			return (parts.length == 2) ? Double.valueOf(parts[index].strip()) : null;
		}
		catch (NumberFormatException failure) {
			return null;
		}
	}

	private static @Nullable LocalDate date(JsonNode day) {
		String text = Fields.text(day, "datetime");
		try {
			return (text != null) ? LocalDate.parse(text) : null;
		}
		catch (DateTimeException failure) {
			return null;
		}
	}

	private static String label(JsonNode row) {
		String text = Fields.text(row, "datetime");
		return (text != null) ? text : "A row without datetime";
	}

}
