package io.isobar.messages;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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
	static final Duration AHEAD = Duration.ofMinutes(10);

	/** So long a name may be: the stores know it as a part of their keys. */
	private static final int LONGEST_NAME = 200;

	private static final String LOCATION = "location.";

	/** The known fields by their names, and those of the location by theirs. */
	private static final Map<String, Field> FIELDS = new HashMap<>();

	private static final Map<String, Field> OF_LOCATION = new HashMap<>();

	/** The fields that hold what was measured, by ordinal of the metric. */
	private static final Field[] METRICS = Metric.ALL.stream()
		.map((metric) -> known(FIELDS, metric.column(), false))
		.toArray(Field[]::new);

	private static final Field SCHEMA_NUMBER = known(FIELDS, "schema", false);

	private static final Field RAIN = known(FIELDS, "is_rain", false);

	private static final Field STORM = known(FIELDS, "is_storm", false);

	private static final Field NEXT_HOUR_TEMPERATURE = known(FIELDS, "next_hour_temp", false);

	private static final Field NEXT_HOUR_PRECIPITATION = known(FIELDS, "next_hour_precip", false);

	private static final Field TOMORROW_TEMPERATURE_MIN = known(FIELDS, "tomorrow_temp_min", false);

	private static final Field TOMORROW_TEMPERATURE_MAX = known(FIELDS, "tomorrow_temp_max", false);

	private static final Field TOMORROW_PRECIPITATION = known(FIELDS, "tomorrow_precip", false);

	private static final Field CITY = known(FIELDS, "city", true);

	private static final Field COUNTRY = known(FIELDS, "country", true);

	private static final Field STATION = known(FIELDS, "station_id", true);

	private static final Field TIMESTAMP = known(FIELDS, "timestamp", true);

	private static final Field ORIGIN = known(FIELDS, "data_origin", true);

	private static final Field CONDITIONS = known(FIELDS, "weather_condition", true);

	private static final Field LATITUDE = known(OF_LOCATION, "location.latitude", false);

	private static final Field LONGITUDE = known(OF_LOCATION, "location.longitude", false);

	private static final Field CITY_OF_LOCATION = known(OF_LOCATION, "location.city", true);

	private static final Field COUNTRY_OF_LOCATION = known(OF_LOCATION, "location.country", true);

	private static final VarHandle EIGHT_BYTES = MethodHandles.byteArrayViewVarHandle(long[].class,
			ByteOrder.nativeOrder());

	private static final JsonFactory JSON = JsonFactory.builder()
		.enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
		.build();

	private WeatherMessages() {
	}

	/**
	 * A field that is known.
	 *
	 * @param name as messages and people have it
	 * @param isText or else a number
	 * @param place of its value among those of a message
	 */
	private record Field(String name, boolean isText, int place) {
	}

	private static Field known(Map<String, Field> fields, String name, boolean isText) {
		Field field = new Field(name, isText, FIELDS.size() + OF_LOCATION.size());
		fields.put((fields == OF_LOCATION) ? name.substring(LOCATION.length()) : name, field);
		return field;
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
		return parse(bytes).message(appended);
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
		int next = 0;
		for (; next <= bytes.length - Long.BYTES; next += Long.BYTES) {
			if (((long) EIGHT_BYTES.get(bytes, next) & 0x8080808080808080L) != 0) {
				return false;
			}
		}
		for (; next < bytes.length; next++) {
			if (bytes[next] < 0) {
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

	private static Fields parse(byte[] bytes) throws MessageRefused {
		Fields fields = new Fields();
		try (JsonParser json = JSON.createParser(bytes)) {
			if (json.nextToken() != JsonToken.START_OBJECT) {
				throw new MessageRefused("The message is JSON, but no object. A reading is a JSON object with at least "
						+ "city and timestamp.");
			}
			object(json, FIELDS, fields);
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

	private static void object(JsonParser json, Map<String, Field> known, Fields fields)
			throws IOException, MessageRefused {
		while (json.nextToken() != JsonToken.END_OBJECT) {
			// The parser's own names know their hashes
			String name = json.currentName();
			JsonToken token = json.nextToken();
			Field field = known.get(name);
			if (field != null) {
				value(json, token, field, fields);
			}
			else if (token == JsonToken.START_OBJECT && known == FIELDS && name.equals("location")) {
				object(json, OF_LOCATION, fields);
			}
			else {
				// Readers accept fields that they don't know
				json.skipChildren();
			}
		}
	}

	private static void value(JsonParser json, JsonToken token, Field field, Fields fields)
			throws IOException, MessageRefused {
		if (token == JsonToken.VALUE_NULL) {
			fields.remove(field);
		}
		else if (!field.isText()) {
			fields.put(field, number(json, token, field));
		}
		else if (token == JsonToken.VALUE_STRING) {
			fields.put(field, json.getText());
		}
		else if (field == STATION && token.isNumeric()) {
			fields.put(field, json.getText());
		}
		else if (field != TIMESTAMP) {
			// Words beside the reading: without them it is still one
			fields.remove(field);
			json.skipChildren();
		}
		else {
			throw new MessageRefused(
					"%s is %s, not a text. Send it in quotation marks.".formatted(field.name(), shown(json, token)));
		}
	}

	private static double number(JsonParser json, JsonToken token, Field field) throws IOException, MessageRefused {
		if (token.isNumeric()) {
			return json.getDoubleValue();
		}
		if (token.isBoolean() && (field == RAIN || field == STORM)) {
			return json.getBooleanValue() ? 1 : 0;
		}
		throw new MessageRefused("%s is %s, not a number. Send a JSON number, or leave the field out where the value "
			.formatted(field.name(), shown(json, token)) + "is not known.");
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

	/** The fields of one message, and the rules that make a reading of them. */
	private static final class Fields {

		private static final String PLAIN = "0000-00-00T00:00:00Z";

		/** By the place of their fields; NaN: missing. */
		private final double[] numbers = new double[FIELDS.size() + OF_LOCATION.size()];

		private final @Nullable String[] texts = new String[this.numbers.length];

		Fields() {
			Arrays.fill(this.numbers, Double.NaN);
		}

		void put(Field field, double number) {
			this.numbers[field.place()] = number;
		}

		void put(Field field, String text) {
			this.texts[field.place()] = text;
		}

		void remove(Field field) {
			this.numbers[field.place()] = Double.NaN;
			this.texts[field.place()] = null;
		}

		WeatherMessage message(Instant appended) throws MessageRefused {
			double schema = number(SCHEMA_NUMBER).orElse(1.0);
			if (schema != 1 && schema != SCHEMA) {
				throw new MessageRefused(
						"The message has schema %s, and only 1 and 2 are known. Send schema 2, or update isobar."
							.formatted((schema == Math.rint(schema)) ? String.valueOf((long) schema)
									: String.valueOf(schema)));
			}
			String city = name(CITY).or(() -> name(CITY_OF_LOCATION))
				.orElseThrow(() -> new MessageRefused(
						"The message names no city of 1 to %d printable characters, neither in city nor in location.city."
							.formatted(LONGEST_NAME)));
			String country = name(COUNTRY).or(() -> name(COUNTRY_OF_LOCATION)).orElse(null);
			String station = name(STATION).orElseGet(() -> WeatherMessage.stationId(city, country));
			Origin origin = new Origin(name(ORIGIN).orElse("unknown"));
			ReadingDraft draft = new ReadingDraft(city, observedAt(appended), Resolution.HOUR, origin, Channel.STREAM,
					appended.truncatedTo(ChronoUnit.MILLIS));
			for (Metric metric : Metric.ALL) {
				draft.value(metric, this.numbers[METRICS[metric.ordinal()].place()]);
			}
			draft.conditions(text(CONDITIONS).orElse(null));
			return new WeatherMessage(draft.build(), country, station,
					number(LATITUDE).filter((degrees) -> Math.abs(degrees) <= 90).orElse(null),
					number(LONGITUDE).filter((degrees) -> Math.abs(degrees) <= 180).orElse(null),
					number(RAIN).map((rain) -> rain != 0).orElse(null),
					number(STORM).map((storm) -> storm != 0).orElse(null),
					new Outlook(plausible(NEXT_HOUR_TEMPERATURE, Metric.TEMPERATURE, Resolution.HOUR),
							plausible(NEXT_HOUR_PRECIPITATION, Metric.PRECIPITATION, Resolution.HOUR),
							plausible(TOMORROW_TEMPERATURE_MIN, Metric.TEMPERATURE, Resolution.DAY),
							plausible(TOMORROW_TEMPERATURE_MAX, Metric.TEMPERATURE, Resolution.DAY),
							plausible(TOMORROW_PRECIPITATION, Metric.PRECIPITATION, Resolution.DAY)));
		}

		private Instant observedAt(Instant appended) throws MessageRefused {
			String text = text(TIMESTAMP).orElseThrow(() -> new MessageRefused(
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

		private @Nullable Double plausible(Field field, Metric metric, Resolution resolution) {
			return number(field).filter((value) -> metric.isPlausible(value, resolution)).orElse(null);
		}

		private Optional<Double> number(Field field) {
			double number = this.numbers[field.place()];
			return Double.isNaN(number) ? Optional.empty() : Optional.of(number);
		}

		/** A text that says something. */
		private Optional<String> text(Field field) {
			return Optional.ofNullable(this.texts[field.place()]).map(String::strip).filter((text) -> !text.isEmpty());
		}

		/** A text that every store can keep as a part of its keys. */
		private Optional<String> name(Field field) {
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
