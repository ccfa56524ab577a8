package io.isobar.messages;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;

/**
 * All that a message says, as the bytes of one cell; only the city stands in the row's
 * key. After the version come the values in the order of their metrics, each in eight
 * bytes that compare as the values do, a missing one lowest: so of two blobs that differ
 * in their values the larger bytes are the larger values, as the slot rule has it.
 */
public final class ReadingBlob {

	private static final int VERSION = 1;

	/** How many metrics version 1 has; those that come later stand in a later version. */
	private static final int METRICS = 16;

	/** Bytes before a text. */
	private static final int LENGTH = 2;

	/** So many bytes there are beside texts and flagged values. */
	private static final int PLAIN = 1 + (METRICS + 2 + 2 + 5) * Long.BYTES + 4 * LENGTH + 2 + 1;

	/** A text that is not there. */
	private static final byte[] MISSING = new byte[0];

	/** So much is kept of the weather in words. */
	static final int LONGEST_CONDITIONS = 500;

	private ReadingBlob() {
	}

	public static byte[] write(WeatherMessage message) {
		Reading reading = message.reading();
		Outlook outlook = message.outlook();
		byte[] origin = bytes(reading.origin().name());
		byte[] stationId = bytes(message.stationId());
		byte[] country = bytes(message.country());
		byte[] conditions = bytes(shortened(reading.conditions()));
		Map<String, Double> flagged = new TreeMap<>(reading.flagged());
		int texts = origin.length + stationId.length + country.length + conditions.length
				+ flagged.keySet().stream().mapToInt((name) -> LENGTH + bytes(name).length + Double.BYTES).sum();
		ByteBuffer out = ByteBuffer.allocate(PLAIN + texts);
		out.put((byte) VERSION);
		for (double value : reading.values().toArray()) {
			out.putLong(sortable(value));
		}
		out.putLong(reading.observedAt().getEpochSecond());
		out.putLong(reading.collected().toEpochMilli());
		text(out, origin);
		text(out, stationId);
		text(out, country);
		text(out, conditions);
		number(out, message.latitude());
		number(out, message.longitude());
		flag(out, message.rain());
		flag(out, message.storm());
		number(out, outlook.nextHourTemperature());
		number(out, outlook.nextHourPrecipitation());
		number(out, outlook.tomorrowTemperatureMin());
		number(out, outlook.tomorrowTemperatureMax());
		number(out, outlook.tomorrowPrecipitation());
		out.put((byte) flagged.size());
		flagged.forEach((name, value) -> text(out, bytes(name)).putDouble(value));
		return out.array();
	}

	/**
	 * Reads what {@link #write} has written.
	 * @throws IllegalArgumentException if it is something else
	 */
	public static WeatherMessage read(String city, byte[] blob) {
		try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(blob))) {
			int version = in.readByte();
			if (version != VERSION) {
				throw new IllegalArgumentException(
						"A reading of %s is stored in form %d, and only %d is known: it was written by a newer isobar. Update this one."
							.formatted(city, version, VERSION));
			}
			double[] values = Values.missing();
			for (int metric = 0; metric < METRICS; metric++) {
				values[metric] = value(in.readLong());
			}
			Instant observedAt = Instant.ofEpochSecond(in.readLong());
			Instant collected = Instant.ofEpochMilli(in.readLong());
			Origin origin = new Origin(String.valueOf(text(in)));
			String stationId = String.valueOf(text(in));
			String country = text(in);
			String conditions = text(in);
			Double latitude = number(in);
			Double longitude = number(in);
			Boolean rain = flag(in);
			Boolean storm = flag(in);
			Outlook outlook = new Outlook(number(in), number(in), number(in), number(in), number(in));
			Map<String, Double> flagged = new LinkedHashMap<>();
			for (int left = in.readUnsignedByte(); left > 0; left--) {
				flagged.put(String.valueOf(text(in)), in.readDouble());
			}
			return new WeatherMessage(
					new Reading(city, observedAt, Resolution.HOUR, origin, Channel.STREAM, collected, Values.of(values),
							Values.NONE, Values.NONE, conditions, flagged),
					country, stationId, latitude, longitude, rain, storm, outlook);
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("A reading of %s is cut off".formatted(city), ex);
		}
	}

	/** Bits that compare, unsigned, as the numbers do; all zero: missing. */
	private static long sortable(double value) {
		if (Double.isNaN(value)) {
			return 0;
		}
		long bits = Double.doubleToLongBits(value);
		return bits ^ ((bits >> 63) | Long.MIN_VALUE);
	}

	private static double value(long sortable) {
		return (sortable == 0) ? Double.NaN
				: Double.longBitsToDouble(sortable ^ ((sortable < 0) ? Long.MIN_VALUE : -1L));
	}

	private static @Nullable String shortened(@Nullable String conditions) {
		if (conditions == null || conditions.length() <= LONGEST_CONDITIONS) {
			return conditions;
		}
		boolean halfACharacter = Character.isHighSurrogate(conditions.charAt(LONGEST_CONDITIONS - 1));
		return conditions.substring(0, LONGEST_CONDITIONS - ((halfACharacter) ? 1 : 0));
	}

	private static byte[] bytes(@Nullable String text) {
		return (text != null) ? text.getBytes(StandardCharsets.UTF_8) : MISSING;
	}

	private static ByteBuffer text(ByteBuffer out, byte[] text) {
		return out.putShort((short) ((text != MISSING) ? text.length : -1)).put(text);
	}

	private static @Nullable String text(DataInputStream in) throws IOException {
		short length = in.readShort();
		if (length < 0) {
			return null;
		}
		byte[] bytes = new byte[length];
		in.readFully(bytes);
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static void number(ByteBuffer out, @Nullable Double number) {
		out.putDouble((number != null) ? number : Double.NaN);
	}

	private static @Nullable Double number(DataInputStream in) throws IOException {
		double number = in.readDouble();
		return Double.isNaN(number) ? null : number;
	}

	private static void flag(ByteBuffer out, @Nullable Boolean flag) {
		out.put((byte) ((flag == null) ? -1 : (flag ? 1 : 0)));
	}

	private static @Nullable Boolean flag(DataInputStream in) throws IOException {
		byte flag = in.readByte();
		return (flag < 0) ? null : flag == 1;
	}

}
