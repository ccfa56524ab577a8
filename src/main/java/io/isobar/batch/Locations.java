package io.isobar.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import io.isobar.lake.Lake;
import io.isobar.provider.file.Location;

import org.springframework.stereotype.Component;

/**
 * What a path means: on the application's disk, unless its scheme says that it is on the
 * lake.
 */
@Component
class Locations {

	private final Lake lake;

	Locations(Lake lake) {
		this.lake = lake;
	}

	Location of(String path) {
		if (path.startsWith("hdfs:")) {
			return Location.hadoop(this.lake.files(), new org.apache.hadoop.fs.Path(path));
		}
		if (path.startsWith("lake:")) {
			return Location.hadoop(this.lake.files(),
					this.lake.path(path.substring("lake:".length()).replaceFirst("^/+", "")));
		}
		return Location.local(Path.of(path));
	}

	/**
	 * The file at a path, or those of the folder there whose names end so, sorted; empty
	 * where there is nothing.
	 */
	List<Location> files(String path, List<String> endings) throws IOException {
		Location there = of(path);
		if (!there.exists()) {
			return List.of();
		}
		if (!there.isFolder()) {
			return List.of(there);
		}
		return there.children()
			.stream()
			.filter((file) -> endings.stream()
				.anyMatch((ending) -> file.name().toLowerCase(Locale.ROOT).endsWith(ending)))
			.toList();
	}

}
