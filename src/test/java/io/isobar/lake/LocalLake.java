package io.isobar.lake;

import java.net.URI;
import java.nio.file.Path;

/** A lake in a folder of this machine: the same tables without HDFS. */
public final class LocalLake {

	private LocalLake() {
	}

	/** In two buckets of cities, so that tests meet more than one. */
	public static Lake in(Path folder) {
		return in(folder, 2);
	}

	public static Lake in(Path folder, int buckets) {
		return new Lake(() -> URI.create("file:///"), new LakeSettings(folder.toAbsolutePath().toString(), buckets));
	}

	public static OrderStore orders(Lake lake) {
		return new OrderStore(lake);
	}

	public static ReadingStore readings(Lake lake) {
		return new ReadingStore(lake);
	}

	public static LakeTable table(Lake lake) {
		return new LakeTable(lake);
	}

}
