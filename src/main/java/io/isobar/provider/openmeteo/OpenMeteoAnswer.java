package io.isobar.provider.openmeteo;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.JsonFiles;
import io.isobar.weather.Outlook;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Rows;
import io.isobar.provider.UnitGroup;
import io.isobar.provider.Units;
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
 * An answer of Open-Meteo, from wherever it came.
 * <p>
 * A label is a local time at one fixed offset, also across a change of clocks: the
 * instant is the label minus {@code utc_offset_seconds}. Values of an instant belong to
 * the hour that begins with their label; sums, means and gusts speak for the hour that
 * ended there, so they go to the reading one hour earlier. The reading of 14:00 thus has
 * the temperature labelled 14:00 and the rain labelled 15:00.
 */
final class OpenMeteoAnswer {

	private static final Duration HOUR = Duration.ofHours(1);

	/**
	 * What an hour's forecast adds to a moment: values that change slowly enough, or that
	 * are not measured at all.
	 */
	private static final Set<Metric> OF_THE_HOUR = EnumSet.of(Metric.DEW_POINT, Metric.VISIBILITY, Metric.SNOW_DEPTH,
			Metric.UV_INDEX, Metric.PRECIPITATION_PROBABILITY, Metric.SOLAR_RADIATION);

	private final JsonNode root;

	private final JsonNode hourly;

	private final Map<Variable, Column> columns = new EnumMap<>(Variable.class);

	/** Where the row of an instant stands. */
	private final NavigableMap<Instant, Integer> labels = new TreeMap<>();

	private final List<String> unreadable = new ArrayList<>();

	private OpenMeteoAnswer(JsonNode root, @Nullable UnitGroup units) {
		this.root = root;
		this.hourly = root.path("hourly");
		JsonNode times = this.hourly.path("time");
		checkLengths(times.size());
		this.columns.putAll(columns(this.hourly, root.path("hourly_units"), units));
		long offset = offset();
		for (int row = 0; row < times.size(); row++) {
			Instant instant = instant(times.get(row), offset);
			if (instant != null) {
				this.labels.put(instant, row);
			}
			else {
				this.unreadable.add("Row %d has no readable time (%s).".formatted(row + 1, times.get(row)));
			}
		}
	}

	/**
	 * The answer.
	 * @param units the units that a mapping names; null: those of this project. Units
	 * that the answer itself declares are converted if a mapping allows it
	 * @throws AnswerRefused if it is no such answer, its columns have different lengths,
	 * or its units differ
	 */
	static OpenMeteoAnswer of(JsonNode root, @Nullable UnitGroup units) {
		if (!root.path("hourly").path("time").isArray()) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"it has no hourly.time, so it is no hourly answer of Open-Meteo. Fetch it again with hourly=….");
		}
		OpenMeteoAnswer answer = new OpenMeteoAnswer(root, units);
		answer.checkTemperatures();
		return answer;
	}

	/** An answer to a question in our units. */
	static OpenMeteoAnswer of(byte[] body) {
		return of(JsonFiles.parse(body), null);
	}

	@Nullable Double latitude() {
		return Fields.numberOrNull(this.root, "latitude");
	}

	@Nullable Double longitude() {
		return Fields.numberOrNull(this.root, "longitude");
	}

	/** The first and the last instant that it speaks about; null if there is none. */
	@Nullable Instant first() {
		return this.labels.isEmpty() ? null : this.labels.firstKey();
	}

	@Nullable Instant last() {
		return this.labels.isEmpty() ? null : this.labels.lastKey();
	}

	/** The local days that it speaks about. */
	Set<LocalDate> dates(ZoneId zone) {
		return this.labels.keySet()
			.stream()
			.map((label) -> LocalDate.ofInstant(label, zone))
			.collect(Collectors.toSet());
	}

	/**
	 * Its readings. Where the answer says what time it was, later hours are forecasts.
	 * @param from the first instant of interest
	 * @param to the first instant that is of no interest any more
	 */
	Rows rows(City city, Channel channel, Instant collected, Instant from, Instant to) {
		Rows.Gatherer rows = new Rows.Gatherer();
		this.unreadable.forEach(rows::reject);
		Instant said = instant(this.root.path("current").path("time"), offset());
		Instant now = (said != null && said.isBefore(collected)) ? said : collected;
		for (Instant hour : hours()) {
			if (hour.isBefore(from) || !hour.isBefore(to)) {
				continue;
			}
			try {
				if (hour.isAfter(now)) {
					rows.filter();
				}
				else {
					rows.add(reading(hour, now, city, channel, collected));
				}
			}
			catch (RowRejected rejection) {
				rows.reject("%s: %s.".formatted(hour, rejection.sentence()));
			}
		}
		return rows.rows();
	}

	/**
	 * The weather now.
	 * @throws AnswerRefused if the answer does not have it
	 */
	CurrentConditions current(City city, Instant collected, double cost) {
		JsonNode current = this.root.path("current");
		Instant now = instant(current.path("time"), offset());
		if (now == null) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"it has no current conditions with a time. Fetch it again with current=….");
		}
		Map<Variable, Column> values = columns(current, this.root.path("current_units"), null);
		try {
			ReadingDraft draft = new ReadingDraft(city.name(), now, Resolution.HOUR, Origin.OPEN_METEO, Channel.STREAM,
					collected);
			Instant hour = this.labels.floorKey(now);
			for (Variable variable : Variable.values()) {
				Column column = values.get(variable);
				Metric metric = variable.metric();
				if (column != null && !metric.isSum()) {
					draft.value(metric, column.of(current));
				}
				else if (hour != null && OF_THE_HOUR.contains(metric)) {
					draft.value(metric, value(variable, hour));
				}
			}
			WeatherCode code = code(current);
			draft.conditions((code != null) ? code.words() : null);
			Column falling = values.get(Variable.PRECIPITATION);
			Double precipitation = (falling != null) ? falling.of(current) : null;
			return new CurrentConditions(draft.build(), lastHour(now, city, collected),
					(code != null) ? (Boolean) code.isRain(precipitation) : null,
					(code != null) ? (Boolean) code.isStorm() : null, outlook(now, city), cost);
		}
		catch (RowRejected rejection) {
			throw new AnswerRefused(Reason.BAD_ANSWER,
					"its current conditions cannot be read (%s). Try again later.".formatted(rejection.sentence()));
		}
	}

	/** All hours it has a value for: one for each label, and the one before the first. */
	private List<Instant> hours() {
		List<Instant> hours = new ArrayList<>(this.labels.keySet());
		if (!hours.isEmpty() && hasPrecedingValue(hours.get(0))) {
			hours.add(0, hours.get(0).minus(HOUR));
		}
		return hours;
	}

	private boolean hasPrecedingValue(Instant label) {
		Integer row = this.labels.get(label);
		return row != null && this.columns.entrySet()
			.stream()
			.anyMatch((column) -> column.getKey().isOfPrecedingHour()
					&& this.hourly.path(column.getValue().name()).path(row).isNumber());
	}

	/** An hour; what is known only after now is left out. */
	private Reading reading(Instant hour, Instant now, City city, Channel channel, Instant collected)
			throws RowRejected {
		ReadingDraft draft = new ReadingDraft(city.name(), hour, Resolution.HOUR, Origin.OPEN_METEO, channel,
				collected);
		boolean over = !hour.plus(HOUR).isAfter(now);
		for (Variable variable : this.columns.keySet()) {
			if (over || !variable.isOfPrecedingHour()) {
				draft.value(variable.metric(), value(variable, hour));
			}
		}
		draft.conditions(conditions(hour));
		return draft.build();
	}

	/** The value for the hour that begins then; null where missing. */
	private @Nullable Double value(Variable variable, Instant hour) throws RowRejected {
		Column column = this.columns.get(variable);
		Integer row = this.labels.get(variable.isOfPrecedingHour() ? hour.plus(HOUR) : hour);
		return (column != null && row != null) ? column.of(this.hourly.path(column.name()), row) : null;
	}

	private @Nullable String conditions(Instant hour) {
		Integer row = this.labels.get(hour);
		for (String name : Variable.WEATHER_CODE) {
			JsonNode code = (row != null) ? this.hourly.path(name).path(row) : this.hourly.path("none");
			if (code.isNumber()) {
				return new WeatherCode(code.intValue()).words();
			}
		}
		return null;
	}

	private static @Nullable WeatherCode code(JsonNode current) {
		for (String name : Variable.WEATHER_CODE) {
			if (current.path(name).isNumber()) {
				return new WeatherCode(current.path(name).intValue());
			}
		}
		return null;
	}

	private @Nullable Reading lastHour(Instant now, City city, Instant collected) throws RowRejected {
		Instant hour = this.labels.floorKey(now.minus(HOUR));
		if (hour == null || !hour.plus(HOUR.multipliedBy(2)).isAfter(now)) {
			return null;
		}
		Reading reading = reading(hour, now, city, Channel.STREAM, collected);
		return reading.isEmpty() ? null : reading;
	}

	private Outlook outlook(Instant now, City city) throws RowRejected {
		Instant next = this.labels.higherKey(now);
		LocalDate tomorrow = LocalDate.ofInstant(now, city.zone()).plusDays(1);
		Double lowest = null;
		Double highest = null;
		Double sum = null;
		Instant begins = tomorrow.atStartOfDay(city.zone()).toInstant();
		Instant ends = tomorrow.plusDays(1).atStartOfDay(city.zone()).toInstant();
		for (Instant hour : this.labels.subMap(begins, ends).keySet()) {
			Double temperature = value(Variable.TEMPERATURE, hour);
			Double precipitation = value(Variable.PRECIPITATION, hour);
			if (temperature != null) {
				lowest = (lowest != null) ? Math.min(lowest, temperature) : temperature;
				highest = (highest != null) ? Math.max(highest, temperature) : temperature;
			}
			if (precipitation != null) {
				sum = (sum != null) ? sum + precipitation : precipitation;
			}
		}
		return new Outlook((next != null) ? value(Variable.TEMPERATURE, next) : null,
				(next != null) ? value(Variable.PRECIPITATION, next) : null, lowest, highest,
				(sum != null) ? (Double) (Math.round(sum * 100) / 100.0) : null);
	}

	private static Map<Variable, Column> columns(JsonNode values, JsonNode declared, @Nullable UnitGroup units) {
		Map<Variable, Column> columns = new EnumMap<>(Variable.class);
		List<String> differing = new ArrayList<>();
		for (Variable variable : Variable.values()) {
			String name = variable.in(values);
			if (name == null) {
				continue;
			}
			String sign = Fields.text(declared, name);
			String usual = (units != null) ? variable.unit(units) : variable.unit();
			String unit = (sign != null) ? Variable.unitOf(sign) : usual;
			if (unit == null || !Units.names(variable.metric()).contains(unit)
					|| (units == null && !unit.equals(usual))) {
				differing.add("%s is in %s".formatted(name, sign));
				continue;
			}
			columns.put(variable, new Column(name, Units.conversion(variable.metric(), unit)));
		}
		if (!differing.isEmpty()) {
			throw new AnswerRefused(Reason.WRONG_UNITS,
					"its units differ from °C, km/h, mm, cm and m: %s. Fetch it again in those units, or give it a mapping with its unitGroup (us, uk, base)."
						.formatted(String.join(", ", differing)));
		}
		return columns;
	}

	private void checkLengths(int rows) {
		for (Map.Entry<String, JsonNode> column : this.hourly.properties()) {
			if (column.getValue().size() != rows) {
				throw new AnswerRefused(Reason.BAD_ANSWER,
						"hourly.%s has %d values for %d times, so it is not known which belong together. Fetch it again."
							.formatted(column.getKey(), column.getValue().size(), rows));
			}
		}
	}

	/** Old answers do not declare their units. */
	private void checkTemperatures() {
		Column column = this.columns.get(Variable.TEMPERATURE);
		if (column == null) {
			return;
		}
		int there = 0;
		int impossible = 0;
		for (JsonNode value : this.hourly.path(column.name())) {
			if (value.isNumber()) {
				there++;
				double celsius = column.conversion().applyAsDouble(value.doubleValue());
				impossible += Metric.TEMPERATURE.isPlausible(celsius, Resolution.HOUR) ? 0 : 1;
			}
		}
		if (2 * impossible > there) {
			throw new AnswerRefused(Reason.WRONG_UNITS,
					"its units are wrong: %d of its %d temperatures are impossible. Fetch it again in °C, or give it a mapping with its unitGroup (us)."
						.formatted(impossible, there));
		}
	}

	private long offset() {
		Double offset = Fields.numberOrNull(this.root, "utc_offset_seconds");
		return (offset != null) ? offset.longValue() : 0;
	}

	/** Texts are local times, numbers are seconds since 1970. */
	private static @Nullable Instant instant(JsonNode label, long offset) {
		try {
			if (label.isNumber()) {
				return Instant.ofEpochSecond(label.longValue());
			}
			return label.isString()
					? LocalDateTime.parse(label.stringValue()).toInstant(ZoneOffset.UTC).minusSeconds(offset) : null;
		}
		catch (DateTimeException failure) {
			return null;
		}
	}

	/** A column, or a single value, and how it becomes the metric's unit. */
	private record Column(String name, DoubleUnaryOperator conversion) {

		@Nullable Double of(JsonNode values, int row) throws RowRejected {
			JsonNode value = values.path(row);
			if (!value.isNumber() && !value.isNull()) {
				throw new RowRejected("%s is no number: %s".formatted(this.name, value));
			}
			return value.isNumber() ? (Double) this.conversion.applyAsDouble(value.doubleValue()) : null;
		}

		@Nullable Double of(JsonNode object) throws RowRejected {
			Double value = Fields.number(object, this.name);
			return (value != null) ? (Double) this.conversion.applyAsDouble(value) : null;
		}

	}

}
