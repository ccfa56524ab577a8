package io.isobar.lake;

import java.net.URI;
import java.nio.file.Path;

/** A lake in a folder of this machine: the same tables without HDFS. */
public final class LocalLake {

	private LocalLake() {
	}

	public static Lake in(Path folder) {
		return new Lake(() -> URI.create("file:///"), new LakeSettings(folder.toAbsolutePath().toString(), 2));
	}

	public static ReadingStore readings(Lake lake) {
		return new ReadingStore(lake);
	}

}
