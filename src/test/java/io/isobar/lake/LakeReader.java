package io.isobar.lake;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Looks into the lake of another instance. */
public final class LakeReader {

	private final Lake lake;

	public LakeReader(URI uri, String root) {
		this.lake = new Lake(() -> uri, new LakeSettings(root, 1));
	}

	/** Where each message lay in Kafka: partition with incarnation, and offset. */
	public List<String> places() {
		List<String> places = new ArrayList<>();
		new ReadingStore(this.lake).version()
			.ifPresent((version) -> new LakeTable(this.lake).read(this.lake.readings(), version,
					List.of("kafka_partition", "kafka_offset"), (partition) -> true,
					(values) -> places.add(values[0] + "@" + values[1])));
		return places;
	}

}
