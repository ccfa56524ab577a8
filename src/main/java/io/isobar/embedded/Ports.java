package io.isobar.embedded;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Which server listens where, remembered in {@code ports.properties}: so a server keeps
 * its port from start to start, and another application can be pointed at the same
 * stores.
 */
final class Ports {

	static final String FILE = "ports.properties";

	private final Path file;

	private final Map<String, String> remembered = new TreeMap<>();

	private final Set<Integer> taken = new HashSet<>();

	Ports(Path folder) throws IOException {
		this.file = folder.resolve(FILE);
		if (Files.exists(this.file)) {
			Properties properties = new Properties();
			try (Reader reader = Files.newBufferedReader(this.file)) {
				properties.load(reader);
			}
			properties.stringPropertyNames().forEach((key) -> this.remembered.put(key, properties.getProperty(key)));
		}
	}

	/**
	 * The port for a server: the one that is set, else the one it had last time, else the
	 * well-known one, else any.
	 * @param set the port that is set, 0 for any
	 */
	synchronized int choose(String server, @Nullable Integer set, int wellKnown) {
		if (set != null && set != 0) {
			if (!free(set)) {
				throw new EmbeddedProblem(
						"Port " + set + " for " + server + " is busy: isobar.embedded." + server
								+ ".port asks for it, but another process listens there.",
						"Stop that process, set another port, or leave the setting out to take any free one.");
			}
			return take(set);
		}
		if (set == null) {
			int last = last(server);
			if (last != 0 && free(last)) {
				return take(last);
			}
			if (free(wellKnown)) {
				return take(wellKnown);
			}
		}
		return take(any());
	}

	private int last(String server) {
		try {
			int port = Integer.parseInt(this.remembered.getOrDefault(key(server), "0"));
			return (port > 0 && port < 65536) ? port : 0;
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	private int take(int port) {
		this.taken.add(port);
		return port;
	}

	private boolean free(int port) {
		return !this.taken.contains(port) && isFree(port);
	}

	private int any() {
		while (true) {
			try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
				if (!this.taken.contains(socket.getLocalPort())) {
					return socket.getLocalPort();
				}
			}
			catch (IOException ex) {
				throw new EmbeddedProblem("No free port on loopback: " + ex.getMessage() + ".",
						"Stop processes that listen on many ports, and start again.", ex);
			}
		}
	}

	/** Whether nobody listens on this port of the loopback interface. */
	static boolean isFree(int port) {
		return isFree(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
	}

	static boolean isFree(InetSocketAddress address) {
		try (ServerSocket socket = new ServerSocket()) {
			socket.setReuseAddress(true);
			socket.bind(address);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** Notes where a server is and what others set to use it. */
	synchronized void remember(String server, int port, Map<String, String> properties) throws IOException {
		this.remembered.put(key(server), Integer.toString(port));
		this.remembered.putAll(properties);
		StringBuilder content = new StringBuilder(
				"""
						# Where the embedded servers are. Written at every start.
						# Another application uses them with --spring.profiles.active=cluster --spring.config.import=file:<this file>
						""");
		this.remembered
			.forEach((key, value) -> content.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n'));
		DataFolder.writeSecret(this.file, content.toString());
	}

	private static String key(String server) {
		return "isobar.embedded." + server + ".port";
	}

}
