package io.isobar.provider.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * From where files may be imported.
 *
 * @param roots folders on the application's disk, or in a Hadoop file system with their
 * scheme; empty: any path that can be read
 */
@ConfigurationProperties("isobar.import")
public record ImportSettings(@DefaultValue List<String> roots) {

	private static final String OWN_MAPPINGS = "mappings";

	public ImportSettings {
		roots = List.copyOf(roots);
	}

	/**
	 * Refuses what lies outside the roots, symbolic links followed.
	 * @throws FileRefused if it does
	 */
	void check(Location location) throws FileRefused, IOException {
		check(location, this.roots);
	}

	/**
	 * As {@link #check(Location)}; the mappings that come with the application are always
	 * allowed.
	 */
	void checkMapping(Location location) throws FileRefused, IOException {
		List<String> allowed = new ArrayList<>(this.roots);
		allowed.add(OWN_MAPPINGS);
		check(location, allowed);
	}

	private void check(Location location, List<String> allowed) throws FileRefused, IOException {
		if (this.roots.isEmpty()) {
			return;
		}
		Location real = location.real();
		for (String root : allowed) {
			if (real.isWithin(root)) {
				return;
			}
		}
		throw new FileRefused(location.toString(),
				"it lies outside the folders from which files may be imported (isobar.import.roots: %s). Copy it into one of them, or add its folder."
					.formatted(String.join(", ", this.roots)));
	}

}
