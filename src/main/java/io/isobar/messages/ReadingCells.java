package io.isobar.messages;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

import io.isobar.weather.Metric;
import io.isobar.weather.Reading;

/**
 * Where a message stands in Cassandra: which cells, written when, kept how long. The
 * application and Spark write by this, so that both leave the same rows.
 * <p>
 * {@code readings_by_city_day} holds every reading of a city's local day. A reading is
 * one cell of the map {@code readings}, its {@linkplain #key() key} the origin and which
 * metrics have a value: so two origins at the same second, and two messages of one origin
 * with different metrics, don't replace each other, for values count by metric. Of the
 * same kind the newest collected one stays, as that is when the cell was written; of
 * those collected in the same millisecond the larger values, as {@link ReadingBlob} makes
 * them the larger bytes. That is what the slot rule would take of them.
 * <p>
 * {@code latest_by_city} holds the newest reading of a city that has any value, and in a
 * second cell the newest one that says how much rain fell: the producer sends that of the
 * last completed hour in a message of its own. They were written when they were observed,
 * then collected, so that an older one never replaces a newer one.
 * <p>
 * All cells of a local day expire at one instant: its end and the retention. Of two cells
 * written at the same instant Cassandra takes the one that expires later, then the one
 * with the shorter time to live, and only then the larger bytes. So all of a local day
 * are written as if at its beginning, with one time to live, whenever that is: the
 * statement is to be sent with {@link #nowInSeconds()}. Nothing is ever deleted.
 *
 * @param city identity of the city
 * @param localDay the city's local day
 * @param observedAt when it was measured
 * @param key of the cell in {@code readings}
 * @param blob the message
 * @param written write timestamp of the cell in {@code readings}
 * @param latestWritten write timestamp of the cells in {@code latest_by_city}
 * @param timeToLive in seconds from then
 * @param nowInSeconds when the statement says that it is, in seconds since 1970
 * @param isLatest whether it may be the newest reading: it has a value
 * @param hasPrecipitation whether it says how much rain fell
 */
public record ReadingCells(String city, LocalDate localDay, Instant observedAt, String key, byte[] blob, long written,
		long latestWritten, int timeToLive, int nowInSeconds, boolean isLatest, boolean hasPrecipitation) {

	private static final String KEYSPACE = "<keyspace>";

	private static final List<String> TABLES = List.of("""
			CREATE TABLE IF NOT EXISTS <keyspace>.readings_by_city_day (
			  city text, local_day date, observed_at timestamp, readings map<text, blob>,
			  PRIMARY KEY ((city, local_day), observed_at))
			WITH CLUSTERING ORDER BY (observed_at DESC)
			AND compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'DAYS',
			  'compaction_window_size': 1, 'timestamp_resolution': 'MILLISECONDS'}""", """
			CREATE TABLE IF NOT EXISTS <keyspace>.latest_by_city (
			  city text, reading blob, precipitation blob, PRIMARY KEY (city))""");

	/** Bits of a write timestamp in {@code latest_by_city} for when it was collected. */
	private static final int COLLECTED_BITS = 31;

	/**
	 * So much later it was collected in milliseconds that count; then only seconds do.
	 */
	private static final long PRECISE = 1L << (COLLECTED_BITS - 1);

	/**
	 * The cells of a message; empty if it is past its time already.
	 * @param zone of the city
	 * @param retention how long it is kept after the end of the local day
	 */
	public static Optional<ReadingCells> of(WeatherMessage message, ZoneId zone, Period retention, Instant now) {
		Reading reading = message.reading();
		LocalDate day = LocalDate.ofInstant(message.observedAt(), zone);
		long expires = day.plusDays(1).plus(retention).atStartOfDay(zone).toEpochSecond();
		if (expires <= now.getEpochSecond()) {
			return Optional.empty();
		}
		long begins = day.atStartOfDay(zone).toEpochSecond();
		int metrics = reading.values().present();
		return Optional.of(new ReadingCells(message.city(), day, message.observedAt(),
				reading.origin().name() + "#" + Integer.toHexString(metrics), ReadingBlob.write(message),
				reading.collected().toEpochMilli(), latestWritten(reading), (int) (expires - begins), (int) begins,
				metrics != 0, reading.values().has(Metric.PRECIPITATION)));
	}

	private static long latestWritten(Reading reading) {
		long observed = reading.observedAt().getEpochSecond();
		// It may have been collected before, as the clocks of others tell
		long later = Math.max(0,
				Duration.between(reading.observedAt().minus(WeatherMessages.AHEAD), reading.collected()).toMillis());
		long counts = (later < PRECISE) ? later : Math.min(PRECISE + (later - PRECISE) / 1000, 2 * PRECISE - 1);
		return (observed << COLLECTED_BITS) + counts;
	}

	/** The statements that make the tables where they are missing. */
	public static List<String> tables(String keyspace) {
		return TABLES.stream().map((table) -> table.replace(KEYSPACE, keyspace)).toList();
	}

	/**
	 * Writes the reading, its values: TTL, timestamp, key, blob, city, local day,
	 * observed at.
	 */
	public static String readingStatement(String keyspace) {
		return "UPDATE " + keyspace + ".readings_by_city_day USING TTL ? AND TIMESTAMP ? SET readings[?] = ? "
				+ "WHERE city = ? AND local_day = ? AND observed_at = ?";
	}

	/** Writes the newest reading of the city, its values: TTL, timestamp, blob, city. */
	public static String latestStatement(String keyspace) {
		return "UPDATE " + keyspace + ".latest_by_city USING TTL ? AND TIMESTAMP ? SET reading = ? WHERE city = ?";
	}

	/**
	 * Writes the newest reading of the city that has rain, its values: TTL, timestamp,
	 * blob, city.
	 */
	public static String precipitationStatement(String keyspace) {
		return "UPDATE " + keyspace
				+ ".latest_by_city USING TTL ? AND TIMESTAMP ? SET precipitation = ? WHERE city = ?";
	}

}
