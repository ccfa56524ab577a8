package io.isobar.spark;

import java.util.Collection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.DomainMetadata;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Map;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

import io.isobar.weather.ReplacedSources;

/**
 * What came into the table of readings between two versions, told by the table's log: no
 * reading is read for it. A compaction is no change.
 */
final class ReadingChanges {

	private static final JsonMapper JSON = new JsonMapper();

	/** What has changed can't be told from the log; the message says why. */
	static final class NotKnown extends Exception {

		private static final long serialVersionUID = 1L;

		NotKnown(String reason) {
			super(reason);
		}

	}

	private ReadingChanges() {
	}

	/**
	 * The months in which a city may have got readings.
	 * @param after the version up to which everything is known
	 * @param upTo the version that is analysed
	 * @param cities all that are known
	 * @throws NotKnown where the log no longer reaches back to that version, or sources
	 * count no longer
	 */
	static ChangedMonths between(SparkSession spark, String table, long after, long upTo, Collection<String> cities)
			throws NotKnown {
		ChangedMonths changed = new ChangedMonths();
		if (after == upTo) {
			return changed;
		}
		long expected = after + 1;
		Iterator<Tuple2<Object, Seq<Action>>> commits = DeltaLog.forTable(spark, table)
			.getChanges(expected, upTo, Option.empty(), false);
		while (commits.hasNext()) {
			Tuple2<Object, Seq<Action>> commit = commits.next();
			if ((Long) commit._1() != expected++) {
				break;
			}
			for (Action action : CollectionConverters.asJava(commit._2())) {
				note(action, cities, changed);
			}
		}
		if (expected != upTo + 1) {
			throw new NotKnown(
					"the log of the readings no longer tells what has come since version %d".formatted(after));
		}
		return changed;
	}

	private static void note(Action action, Collection<String> cities, ChangedMonths changed) throws NotKnown {
		if (action instanceof DomainMetadata domain && domain.domain().equals(ReplacedSources.DOMAIN)) {
			throw new NotKnown("raw answers were read anew, and others than before count now");
		}
		if (action instanceof AddFile file && file.dataChange()) {
			note(file.partitionValues(), file.stats(), cities, changed);
		}
		// Readings are never deleted; if somebody has done so all the same, it shows
		else if (action instanceof RemoveFile file && file.dataChange()) {
			note(file.partitionValues(), null, cities, changed);
		}
	}

	private static void note(Map<String, String> partition, @Nullable String stats, Collection<String> cities,
			ChangedMonths changed) {
		String month = partition.apply("month");
		JsonNode known = statistics(stats);
		UTF8String first = city(known.path("minValues"));
		UTF8String last = city(known.path("maxValues"));
		boolean any = false;
		for (String city : cities) {
			UTF8String name = UTF8String.fromString(city);
			if ((first == null || name.compareTo(first) >= 0) && (last == null || name.compareTo(last) <= 0)) {
				changed.add(city, month);
				any = true;
			}
		}
		if (!any) {
			throw new IllegalStateException("No zone is known for the city %s.".formatted(first));
		}
	}

	private static JsonNode statistics(@Nullable String stats) {
		try {
			return (stats != null) ? JSON.readTree(stats) : JSON.missingNode();
		}
		catch (JsonProcessingException ex) {
			return JSON.missingNode();
		}
	}

	private static @Nullable UTF8String city(JsonNode values) {
		JsonNode city = values.path("city");
		return city.isTextual() ? UTF8String.fromString(city.textValue()) : null;
	}

}
