package io.isobar.lake;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import io.isobar.spark.Compaction;
import io.isobar.spark.SparkSessions;
import org.apache.spark.sql.classic.SparkSession;

/** Looks into the lake of another instance. */
public final class LakeReader {

	private final Lake lake;

	public LakeReader(URI uri, String root) {
		this.lake = new Lake(() -> uri, new LakeSettings(root, 1));
	}

	/**
	 * Makes few files of many, as the batch job does, while others write.
	 * @return how many were replaced
	 */
	public int compact() {
		SparkSession session = SparkSessions.inProcess("local[*]", this.lake.client());
		// One that another test has started is not this thread's own
		SparkSession.setActiveSession(session);
		try {
			return Compaction.compact(session, this.lake.readings().toString(), 2);
		}
		finally {
			SparkSession.clearActiveSession();
		}
	}

	/** Where each message lay in Kafka: partition with incarnation, and offset. */
	public List<String> places() {
		return messages().stream().map(Stored::place).toList();
	}

	/** A message, and where it lay in Kafka. */
	public record Stored(String place, String message) {
	}

	/** All messages, each as often as it is there. */
	public List<Stored> messages() {
		List<Stored> messages = new ArrayList<>();
		new ReadingStore(this.lake).version()
			.ifPresent((version) -> new LakeTable(this.lake).read(this.lake.readings(), version,
					List.of("kafka_partition", "kafka_offset", "message"), (partition) -> true,
					(values) -> messages.add(new Stored(values[0] + "@" + values[1], String.valueOf(values[2])))));
		return messages;
	}

}
