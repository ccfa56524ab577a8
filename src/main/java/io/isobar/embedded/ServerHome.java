package io.isobar.embedded;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.system.ApplicationHome;

/** The folder {@code .embedded}, which the build fills with the servers' class paths. */
final class ServerHome {

	private static final String NAME = ".embedded";

	/** The last file that the build writes into a server's folder. */
	private static final String COMPLETE = "complete";

	private final Path path;

	private ServerHome(Path path) {
		this.path = path;
	}

	/**
	 * The folder that is set, or the one in the working directory, or the one beside the
	 * clone that this application was built in.
	 */
	static ServerHome find(@Nullable Path set) {
		if (set != null) {
			return new ServerHome(set.toAbsolutePath().normalize());
		}
		List<Path> places = new ArrayList<>();
		places.add(Path.of("").toAbsolutePath());
		File source = new ApplicationHome(ServerHome.class).getSource();
		// target/classes, target/isobar.jar, or a folder that it was extracted to
		Path above = (source != null) ? source.toPath().toAbsolutePath().getParent() : null;
		for (int i = 0; i < 3 && above != null; i++) {
			places.add(above);
			above = above.getParent();
		}
		return new ServerHome(places.stream()
			.map((place) -> place.resolve(NAME))
			.filter(Files::isDirectory)
			.findFirst()
			.orElse(places.get(0).resolve(NAME)));
	}

	/** The jars of one server, as a class path; refused if the build has not finished. */
	String classPath(String server, String version) {
		Path folder = this.path.resolve(server + "-" + version);
		if (!Files.isDirectory(folder)) {
			throw new EmbeddedProblem(
					"The embedded " + server + " is missing: there is no folder " + folder
							+ ", which the build fills with it.",
					"Run 'mvn generate-resources' in the clone, start the application there or set isobar.embedded.home "
							+ "to the clone's .embedded; or use servers of your own with isobar.embedded." + server
							+ ".enabled=false.");
		}
		if (!Files.exists(folder.resolve(COMPLETE))) {
			throw new EmbeddedProblem(
					"The embedded " + server + " is half filled: the build that began to fill " + folder
							+ " did not finish.",
					"Run 'mvn generate-resources' in the clone again; it begins that folder anew.");
		}
		return folder + File.separator + "*";
	}

}
