package io.isobar.messages;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import org.jspecify.annotations.Nullable;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;

/**
 * The messages on the topic of weather, as JSON. What is written can be read; what older
 * and other producers write can be read where it says a city and a time. Thread-safe.
 */
public final class WeatherMessages {

	/** The topic that people know. */
	public static final String TOPIC = "weather_data_v2";

	/** What is written now. */
	private static final int SCHEMA = 2;

	/** Clocks differ, but not by more. */
	private static final Duration AHEAD = Duration.ofMinutes(10);

	/** So long a name may be: the stores know it as a part of their keys. */
	private static final int LONGEST_NAME = 200;

	// Asked for each field of each message: a HashSet answers twice as fast as a Set.of
	private static final Set<String> TEXTS = new HashSet<>(
			Set.of("city", "country", "station_id", "timestamp", "data_origin", "weather_condition"));

	private static final Set<String> NUMBERS = numbers();

	private static final JsonFactory JSON = JsonFactory.builder()
		.enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
		.build();

	private WeatherMessages() {
	}

	/**
	 * Reads a message.
	 * @param bytes what Kafka holds, null for a tombstone
	 * @param appended when Kafka has appended it
	 * @throws MessageRefused with the cause
	 */
	public static WeatherMessage read(byte @Nullable [] bytes, Instant appended) throws MessageRefused {
		if (bytes == null) {
			throw new MessageRefused("The message has no value (a tombstone). A reading is a JSON object with at least "
					+ "city and timestamp.");
		}
		if (bytes.length == 0) {
			throw new MessageRefused(
					"The message is empty. A reading is a JSON object with at least city and " + "timestamp.");
		}
		if (!isUtf8(bytes)) {
			throw new MessageRefused(
					"The message is no JSON, as it is no text in UTF-8. A reading is a JSON object in UTF-8.");
		}
		return new Fields(parse(bytes)).message(appended);
	}

	/** So that the message can be kept as a text, and read again as it was. */
	private static boolean isUtf8(byte[] bytes) {
		if (bytes[0] == 0 || (bytes.length > 1 && bytes[1] == 0)) {
			// JSON in UTF-16 or UTF-32
			return false;
		}
		if (isAscii(bytes)) {
			return true;
		}
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

	private static boolean isAscii(byte[] bytes) {
		for (byte each : bytes) {
			if (each < 0) {
				return false;
			}
		}
		return true;
	}

	/** Writes a message: every field that is known, in the order of the contract. */
	public static byte[] write(WeatherMessage message) {
		Reading reading = message.reading();
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(800);
		try (JsonGenerator json = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
			json.writeStartObject();
			json.writeNumberField("schema", SCHEMA);
			json.writeStringField("station_id", message.stationId());
			json.writeStringField("city", reading.city());
			text(json, "country", message.country());
			json.writeStringField("timestamp", reading.observedAt().toString());
			json.writeStringField("data_origin", reading.origin().name());
			json.writeObjectFieldStart("location");
			json.writeStringField("city", reading.city());
			text(json, "country", message.country());
			number(json, "latitude", message.latitude());
			number(json, "longitude", message.longitude());
			json.writeEndObject();
			for (Metric metric : Metric.ALL) {
				if (reading.values().has(metric)) {
					json.writeNumberField(metric.column(), reading.values().orNaN(metric));
				}
			}
			text(json, "weather_condition", reading.conditions());
			flag(json, "is_rain", message.rain());
			flag(json, "is_storm", message.storm());
			number(json, "next_hour_temp", message.outlook().nextHourTemperature());
			number(json, "next_hour_precip", message.outlook().nextHourPrecipitation());
			number(json, "tomorrow_temp_min", message.outlook().tomorrowTemperatureMin());
			number(json, "tomorrow_temp_max", message.outlook().tomorrowTemperatureMax());
			number(json, "tomorrow_precip", message.outlook().tomorrowPrecipitation());
			json.writeEndObject();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	private static void text(JsonGenerator json, String field, @Nullable String value) throws IOException {
		if (value != null) {
			json.writeStringField(field, value);
		}
	}

	private static void number(JsonGenerator json, String field, @Nullable Double value) throws IOException {
		if (value != null && Double.isFinite(value)) {
			json.writeNumberField(field, value);
		}
	}

	private static void flag(JsonGenerator json, String field, @Nullable Boolean value) throws IOException {
		if (value != null) {
			json.writeNumberField(field, value ? 1 : 0);
		}
	}

	/** The known fields by name, those of the location behind {@code location.}. */
	private static Map<String, Object> parse(byte[] bytes) throws MessageRefused {
		Map<String, Object> fields = new HashMap<>(64);
		try (JsonParser json = JSON.createParser(bytes)) {
			if (json.nextToken() != JsonToken.START_OBJECT) {
				throw new MessageRefused("The message is JSON, but no object. A reading is a JSON object with at least "
						+ "city and timestamp.");
			}
			object(json, "", fields);
			if (json.nextToken() != null) {
				throw new MessageRefused("There is more behind the JSON object. Send one message for each reading.");
			}
		}
		catch (JsonProcessingException ex) {
			throw new MessageRefused("The message is no JSON: " + ex.getOriginalMessage() + at(ex)
					+ ". A reading is a JSON object in UTF-8.");
		}
		catch (IOException ex) {
			// Of bytes that are no UTF-8, which the parser finds out on its own
			throw new MessageRefused(
					"The message is no JSON: " + ex.getMessage() + ". A reading is a JSON object in UTF-8.");
		}
		return fields;
	}

	private static String at(JsonProcessingException ex) {
		return (ex.getLocation() != null) ? " (byte " + ex.getLocation().getByteOffset() + ")" : "";
	}

	private static void object(JsonParser json, String prefix, Map<String, Object> fields)
			throws IOException, MessageRefused {
		while (json.nextToken() != JsonToken.END_OBJECT) {
			// The parser's own names know their hashes
			String name = (prefix.isEmpty()) ? json.currentName() : prefix + json.currentName();
			JsonToken token = json.nextToken();
			if (prefix.isEmpty() && name.equals("location") && token == JsonToken.START_OBJECT) {
				object(json, "location.", fields);
			}
			else if (token == JsonToken.VALUE_NULL) {
				fields.remove(name);
			}
			else if (TEXTS.contains(unprefixed(name))) {
				text(json, token, name, fields);
			}
			else if (NUMBERS.contains(name)) {
				fields.put(name, number(json, token, name));
			}
			else {
				// Readers accept fields that they don't know
				json.skipChildren();
			}
		}
	}

	private static String unprefixed(String name) {
		return (name.equals("location.city") || name.equals("location.country")) ? name.substring("location.".length())
				: name;
	}

	private static void text(JsonParser json, JsonToken token, String name, Map<String, Object> fields)
			throws IOException, MessageRefused {
		if (token == JsonToken.VALUE_STRING) {
			fields.put(name, json.getText());
			return;
		}
		if (name.equals("weather_condition") || name.startsWith("location.")) {
			// Words beside the reading: without them it is still one
			json.skipChildren();
			return;
		}
		throw new MessageRefused(
				"%s is %s, not a text. Send it in quotation marks.".formatted(name, shown(json, token)));
	}

	private static double number(JsonParser json, JsonToken token, String name) throws IOException, MessageRefused {
		if (token.isNumeric()) {
			return json.getDoubleValue();
		}
		if (token.isBoolean() && (name.equals("is_rain") || name.equals("is_storm"))) {
			return json.getBooleanValue() ? 1 : 0;
		}
		throw new MessageRefused("%s is %s, not a number. Send a JSON number, or leave the field out where the value "
			.formatted(name, shown(json, token)) + "is not known.");
	}

	private static String shown(JsonParser json, JsonToken token) throws IOException {
		return switch (token) {
			case START_OBJECT -> "an object";
			case START_ARRAY -> "a list";
			case VALUE_STRING -> "the text \"" + shortened(json.getText()) + "\"";
			default -> shortened(json.getText());
		};
	}

	private static String shortened(String text) {
		return (text.length() > 60) ? text.substring(0, 60) + "…" : text;
	}

	private static Set<String> numbers() {
		Set<String> numbers = new HashSet<>();
		Metric.ALL.forEach((metric) -> numbers.add(metric.column()));
		numbers.addAll(Set.of("schema", "location.latitude", "location.longitude", "is_rain", "is_storm",
				"next_hour_temp", "next_hour_precip", "tomorrow_temp_min", "tomorrow_temp_max", "tomorrow_precip"));
		return numbers;
	}

	/** The fields of one message, and the rules that make a reading of them. */
	private record Fields(Map<String, Object> fields) {

		private static final String PLAIN = "0000-00-00T00:00:00Z";

		WeatherMessage message(Instant appended) throws MessageRefused {
			double schema = number("schema").orElse(1.0);
			if (schema != 1 && schema != SCHEMA) {
				throw new MessageRefused(
						"The message has schema %s, and only 1 and 2 are known. Send schema 2, or update isobar."
							.formatted((schema == Math.rint(schema)) ? String.valueOf((long) schema)
									: String.valueOf(schema)));
			}
			String city = name("city").or(() -> name("location.city"))
				.orElseThrow(() -> new MessageRefused(
						"The message names no city of 1 to %d printable characters, neither in city nor in location.city."
							.formatted(LONGEST_NAME)));
			String country = name("country").or(() -> name("location.country")).orElse(null);
			String station = name("station_id").orElse(WeatherMessage.stationId(city, country));
			Origin origin = new Origin(name("data_origin").orElse("unknown"));
			ReadingDraft draft = new ReadingDraft(city, observedAt(appended), Resolution.HOUR, origin, Channel.STREAM,
					appended.truncatedTo(ChronoUnit.MILLIS));
			Metric.ALL.forEach((metric) -> draft.value(metric, number(metric.column()).orElse(null)));
			draft.conditions(text("weather_condition").orElse(null));
			return new WeatherMessage(draft.build(), country, station,
					number("location.latitude").filter((degrees) -> Math.abs(degrees) <= 90).orElse(null),
					number("location.longitude").filter((degrees) -> Math.abs(degrees) <= 180).orElse(null),
					number("is_rain").map((rain) -> rain != 0).orElse(null),
					number("is_storm").map((storm) -> storm != 0).orElse(null),
					new Outlook(plausible("next_hour_temp", Metric.TEMPERATURE, Resolution.HOUR),
							plausible("next_hour_precip", Metric.PRECIPITATION, Resolution.HOUR),
							plausible("tomorrow_temp_min", Metric.TEMPERATURE, Resolution.DAY),
							plausible("tomorrow_temp_max", Metric.TEMPERATURE, Resolution.DAY),
							plausible("tomorrow_precip", Metric.PRECIPITATION, Resolution.DAY)));
		}

		private Instant observedAt(Instant appended) throws MessageRefused {
			String text = text("timestamp").orElseThrow(() -> new MessageRefused(
					"The message has no timestamp. Send when it was measured, such as 2026-01-31T14:00:00Z."));
			Instant observed;
			try {
				observed = instant(text);
			}
			catch (DateTimeException ex) {
				throw new MessageRefused(
						"The timestamp \"%s\" can't be read. Send it as RFC 3339, such as ".formatted(shortened(text))
								+ "2026-01-31T14:00:00Z.");
			}
			if (observed.isAfter(appended.plus(AHEAD))) {
				throw new MessageRefused(
						"The timestamp %s is more than 10 minutes ahead of %s, when Kafka has appended the message. Send when it was measured, in UTC, and look at the clock of the producer."
							.formatted(observed, appended.truncatedTo(ChronoUnit.SECONDS)));
			}
			return observed;
		}

		private static Instant instant(String text) {
			OffsetDateTime time = (isPlain(text)) ? plain(text)
					: OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
			int year = time.withOffsetSameInstant(ZoneOffset.UTC).getYear();
			if (year < 1 || year > 9999) {
				throw new DateTimeException("year " + year);
			}
			return time.toInstant().truncatedTo(ChronoUnit.SECONDS);
		}

		/** Whether it looks as isobar writes it: {@code 2026-01-31T14:00:00Z}. */
		private static boolean isPlain(String text) {
			if (text.length() != PLAIN.length()) {
				return false;
			}
			for (int i = 0; i < PLAIN.length(); i++) {
				char wanted = PLAIN.charAt(i);
				char there = text.charAt(i);
				if ((wanted == '0') ? there < '0' || there > '9' : there != wanted) {
					return false;
				}
			}
			return true;
		}

		/** A formatter takes longer for it than the parser for the whole message. */
		private static OffsetDateTime plain(String text) {
			return OffsetDateTime.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10), digits(text, 11, 13),
					digits(text, 14, 16), digits(text, 17, 19), 0, ZoneOffset.UTC);
		}

		private static int digits(String text, int from, int to) {
			return Integer.parseInt(text, from, to, 10);
		}

		private @Nullable Double plausible(String field, Metric metric, Resolution resolution) {
			return number(field).filter((value) -> metric.isPlausible(value, resolution)).orElse(null);
		}

		private Optional<Double> number(String field) {
			return Optional.ofNullable((Double) this.fields.get(field));
		}

		/** A text that says something. */
		private Optional<String> text(String field) {
			return Optional.ofNullable((String) this.fields.get(field))
				.map(String::strip)
				.filter((text) -> !text.isEmpty());
		}

		/** A text that every store can keep as a part of its keys. */
		private Optional<String> name(String field) {
			return text(field)
				.map((name) -> (isPrintableAscii(name)) ? name : Normalizer.normalize(name, Normalizer.Form.NFC))
				.filter((name) -> name.length() <= LONGEST_NAME)
				.filter((name) -> isPrintableAscii(name) || name.codePoints()
					.noneMatch(
							(each) -> Character.isISOControl(each) || Character.getType(each) == Character.SURROGATE));
		}

		private static boolean isPrintableAscii(String name) {
			for (int i = 0; i < name.length(); i++) {
				if (name.charAt(i) < ' ' || name.charAt(i) > '~') {
					return false;
				}
			}
			return true;
		}

	}

}
