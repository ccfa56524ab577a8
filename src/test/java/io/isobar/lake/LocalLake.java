package io.isobar.lake;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.apache.hadoop.fs.RawLocalFileSystem;

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

	/**
	 * Without the checksums that Hadoop keeps beside local files: where many write at
	 * once, a file may be found beside the checksum of another's, which HDFS has not.
	 */
	public static Lake withoutChecksums(Path folder) {
		return new Lake(() -> URI.create("file:///"), new LakeSettings(folder.toAbsolutePath().toString(), 2)) {

			@Override
			public Map<String, String> client() {
				Map<String, String> client = new HashMap<>(super.client());
				client.put("fs.file.impl", RawLocalFileSystem.class.getName());
				client.put("fs.file.impl.disable.cache", "true");
				return client;
			}

		};
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
