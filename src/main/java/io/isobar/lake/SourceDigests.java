package io.isobar.lake;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.delta.kernel.TableManager;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.StructType;
import io.isobar.weather.Reading;
import io.isobar.weather.ReplacedSources;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What the table of readings holds of each raw file, as a digest: so it can be told
 * whether a file that is read anew gives what it gave before, without keeping its
 * readings.
 */
@Component
public class SourceDigests {

	/** Where a reading lies, not what it says. */
	private static final Set<String> PLACES = Set.of("source", "kafka_partition", "kafka_offset",
			ReadingColumns.MESSAGE, "month", "bucket");

	private static final List<String> COLUMNS = ReadingColumns.schema()
		.fieldNames()
		.stream()
		.filter((column) -> !PLACES.contains(column))
		.toList();

	/**
	 * A number of readings and a number made from all that they say, whatever their
	 * order.
	 */
	public record Digest(long readings, long sum) {

		static final Digest NOTHING = new Digest(0, 0);

		/** With those of other readings. */
		public Digest and(Digest other) {
			return new Digest(this.readings + other.readings, this.sum + other.sum);
		}

	}

	/**
	 * What is held of a source.
	 *
	 * @param city of any of its readings
	 * @param origin of any of its readings
	 * @param channel of any of its readings
	 * @param collected when they came in
	 */
	public record Held(String source, String city, String origin, String channel, Instant collected, Digest digest) {
	}

	private final Lake lake;

	private final LakeTable tables;

	SourceDigests(Lake lake, LakeTable tables) {
		this.lake = lake;
		this.tables = tables;
	}

	/** What a version of the table holds of each source that counts. */
	public Collection<Held> held(long version) {
		ReplacedSources replaced = TableManager.loadSnapshot(this.lake.readings().toString())
			.atVersion(version)
			.build(this.lake.engine())
			.getDomainMetadata(ReplacedSources.DOMAIN)
			.map(ReplacedSources::of)
			.orElse(ReplacedSources.NONE);
		List<String> columns = new ArrayList<>(COLUMNS);
		columns.add("source");
		Map<String, Held> held = new TreeMap<>();
		this.tables.read(this.lake.readings(), version, columns, (partition) -> true, (values) -> {
			String source = (String) values[COLUMNS.size()];
			if (source != null && !replaced.names().contains(source)) {
				Digest digest = digest(values);
				Held before = held.get(source);
				held.put(source, (before != null)
						? new Held(source, before.city(), before.origin(), before.channel(), before.collected(),
								before.digest().and(digest))
						: new Held(source, text(values, "city"), text(values, "origin"), text(values, "channel"),
								(values[COLUMNS.indexOf("collected")] instanceof Instant at) ? at : Instant.EPOCH,
								digest));
			}
		});
		return held.values();
	}

	/** The digest of readings as the table would hold them. */
	public Digest of(Collection<Reading> readings) {
		List<ReadingColumns.Row> rows = readings.stream()
			.map((reading) -> new ReadingColumns.Row(reading, null, "", 0))
			.toList();
		ColumnVector[] vectors = ReadingColumns.vectors(rows);
		StructType schema = ReadingColumns.schema();
		int[] taken = COLUMNS.stream().mapToInt(schema::indexOf).toArray();
		@Nullable Object[] values = new Object[taken.length];
		Digest digest = Digest.NOTHING;
		for (int row = 0; row < rows.size(); row++) {
			for (int i = 0; i < taken.length; i++) {
				values[i] = LakeTable.value(vectors[taken[i]], row);
			}
			digest = digest.and(digest(values));
		}
		return digest;
	}

	private static String text(@Nullable Object[] values, String column) {
		return String.valueOf(values[COLUMNS.indexOf(column)]);
	}

	private static Digest digest(@Nullable Object[] values) {
		long hash = 0;
		for (int i = 0; i < COLUMNS.size(); i++) {
			hash = mixed(hash + number(values[i]) + i);
		}
		return new Digest(1, hash);
	}

	private static long number(@Nullable Object value) {
		if (value instanceof Double number) {
			return Double.doubleToLongBits(number);
		}
		if (value instanceof Instant instant) {
			return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
		}
		if (value instanceof String text) {
			long hash = text.length() + 1;
			for (int i = 0; i < text.length(); i++) {
				hash = mixed(hash + text.charAt(i));
			}
			return hash;
		}
		return (value != null) ? mixed(value.hashCode()) : Long.MIN_VALUE;
	}

	/** Every bit of the result depends on every bit given (SplitMix64). */
	private static long mixed(long number) {
		long mixed = number + 0x9e3779b97f4a7c15L;
		mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

}
