package io.isobar.batch;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import io.isobar.jobs.Sentence;
import io.isobar.lake.Lake;
import io.isobar.provider.file.Location;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * What a path means: on the application's disk, unless its scheme says that it is on the
 * lake.
 */
@Component
class Locations {

	private static final Logger logger = LoggerFactory.getLogger(Locations.class);

	/** So much of a path is said back. */
	private static final int LONGEST = 200;

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
	 * Says that there is nothing at a path, before anybody tries to read it.
	 * @return null: there is something, or it can't be asked now whether there is
	 */
	@Nullable Sentence missing(String path) {
		try {
			return of(path).exists() ? null : nothingAt(path);
		}
		catch (InvalidPathException ex) {
			return nothingAt(path);
		}
		catch (IOException | RuntimeException ex) {
			// Who reads it says why not
			logger.debug("Whether there is anything at {} can't be asked", path, ex);
			return null;
		}
	}

	private static Sentence nothingAt(String path) {
		String shown = (path.length() > LONGEST) ? path.substring(0, LONGEST) + "…" : path;
		if (path.startsWith("/") || isOnLake(path)) {
			return Sentence.of("jobs.parameter.path", "there is no file or folder {0}. Correct it.", shown);
		}
		return Sentence.of("jobs.parameter.path.relative",
				"there is no file or folder {0}. A path that does not begin with / begins at {1}.", shown,
				Path.of("").toAbsolutePath().toString());
	}

	private static boolean isOnLake(String path) {
		return path.startsWith("hdfs:") || path.startsWith("lake:");
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
