package io.isobar.provider.file;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds files of orders. */
public final class OrderFiles {

	private OrderFiles() {
	}

	/**
	 * The files at a path of which the mapping speaks, sorted: the file itself, or those
	 * of the folder.
	 * @throws FileRefused if there is none, it lies outside the allowed roots, or the
	 * mapping can't be read
	 */
	public static List<OrderFile> find(ImportSettings settings, Location path, Location mapping)
			throws FileRefused, IOException {
		if (!path.exists()) {
			throw new FileRefused(path.toString(), "there is no such file or folder. Correct the path.");
		}
		settings.check(path);
		if (!mapping.exists() || mapping.isFolder()) {
			throw new FileRefused(mapping.toString(),
					"there is no such mapping file. Correct the parameter `mapping`.");
		}
		settings.checkMapping(mapping);
		OrderMapping how = OrderMapping.read(mapping);
		List<Location> found = new ArrayList<>();
		if (!path.isFolder()) {
			found.add(path);
		}
		else {
			for (Location child : path.children()) {
				if (!child.isFolder() && speaksOf(how, child)) {
					settings.check(child);
					found.add(child);
				}
			}
			if (found.isEmpty()) {
				throw new FileRefused(path.toString(), "the folder holds no file of which %s speaks. It speaks of %s."
					.formatted(how.name(), (how.files() != null) ? how.files() : "names that end in .csv or .txt"));
			}
		}
		return found.stream().map((file) -> new OrderFile(file, how)).toList();
	}

	private static boolean speaksOf(OrderMapping mapping, Location file) {
		String glob = mapping.files();
		if (glob != null) {
			PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
			return matcher.matches(Path.of(file.name()));
		}
		String name = file.name().toLowerCase(Locale.ROOT);
		return name.endsWith(".csv") || name.endsWith(".txt");
	}

}
