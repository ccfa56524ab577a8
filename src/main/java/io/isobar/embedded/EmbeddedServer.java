package io.isobar.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * All that differs between one embedded server and the next. Another server is another
 * class of this kind with its class path in {@code src/embedded/<name>/pom.xml}; what
 * remains is to name it: its settings in {@link EmbeddedSettings}, its start in
 * {@link EmbeddedServers}, its connection details in {@link EmbeddedConfiguration}, its
 * version in {@code application.yaml}, and in {@code pom.xml} its version and one line
 * beside those of the others.
 */
interface EmbeddedServer {

	/** Name of its folders, log and settings. */
	String name();

	/** What it is there for, in a few words. */
	String purpose();

	/** The port people know it by. */
	int wellKnownPort();

	/**
	 * The class on its own class path that runs it. Its main method returns when the
	 * server can be used.
	 */
	String mainClass();

	List<String> jvmOptions();

	/** What the main method is given. */
	List<String> arguments(Path folder, int port);

	/** Where it is, as its clients write it. */
	String address(int port);

	/** What another application sets to use this server. */
	Map<String, String> properties(int port);

	/** How long it may show no progress while it comes up, also on a busy machine. */
	default Duration idlesWithin() {
		return Duration.ofSeconds(90);
	}

	/** How long it may take to come up at all, with whatever progress. */
	default Duration startsWithin() {
		return Duration.ofMinutes(15);
	}

	/**
	 * How long to wait before a dead server is started a second time; doubles each time.
	 */
	default Duration restartPause() {
		return Duration.ofSeconds(1);
	}

	/** Clears away what a killed server of this folder may have left. */
	default void clear(Path folder) throws IOException {
	}

	/** Prepares the folder before the first start. */
	default void prepare(Path folder) throws IOException {
	}

}
