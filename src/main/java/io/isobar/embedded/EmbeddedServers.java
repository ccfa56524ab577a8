package io.isobar.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import io.isobar.embedded.EmbeddedSettings.ServerSettings;

/** The servers that this application runs itself, all in one data folder. */
final class EmbeddedServers implements AutoCloseable {

	/** The first JDK without the SecurityManager, which some of the servers need. */
	private static final int TOO_NEW = 24;

	private static @Nullable EmbeddedServers sharedServers;

	private final EmbeddedSettings settings;

	private final DataFolder data;

	private final ServerHome home;

	private final Ports ports;

	private final Path launcher;

	private final Map<String, ForkedServer> servers = new LinkedHashMap<>();

	private EmbeddedServers(EmbeddedSettings settings, DataFolder data) throws IOException {
		this.settings = settings;
		this.data = data;
		this.home = ServerHome.find(settings.home());
		this.ports = new Ports(data.path());
		this.launcher = unpackLauncher(data.path().resolve("launcher"));
	}

	/**
	 * The servers as they are set; none runs yet. They belong to the caller, or to the
	 * whole JVM where {@code isobar.embedded.shared} is set.
	 */
	static EmbeddedServers of(Environment environment) {
		Binder binder = Binder.get(environment);
		EmbeddedSettings settings = binder.bindOrCreate("isobar.embedded", EmbeddedSettings.class);
		Path dataFolder = binder.bindOrCreate("isobar", DataSettings.class).dataDir();
		return (settings.shared()) ? shared(settings, dataFolder) : open(settings, dataFolder);
	}

	private static synchronized EmbeddedServers shared(EmbeddedSettings settings, Path dataFolder) {
		EmbeddedServers servers = sharedServers;
		if (servers == null) {
			servers = open(settings, dataFolder);
			Runtime.getRuntime().addShutdownHook(new Thread(servers::stop, "embedded-stop"));
			sharedServers = servers;
		}
		return servers;
	}

	private static EmbeddedServers open(EmbeddedSettings settings, Path dataFolder) {
		checkJdk(Runtime.version().feature());
		DataFolder data = DataFolder.open(dataFolder);
		try {
			return new EmbeddedServers(settings, data);
		}
		catch (IOException ex) {
			throw new EmbeddedProblem("The data folder " + data.path() + " can't be written: " + ex.getMessage() + ".",
					"See whether it has space left and belongs to this user, or set ISOBAR_DATA_DIR to another folder.",
					ex);
		}
	}

	static void checkJdk(int version) {
		if (version >= TOO_NEW) {
			throw new EmbeddedProblem(
					"The embedded servers can't run on JDK " + version
							+ ": they need the SecurityManager, which JDK 24 removed.",
					"Set JAVA_HOME to a JDK from 17 to 23, or use servers of your own with --spring.profiles.active=cluster.");
		}
	}

	/** Starts all that are enabled, in parallel, in the background. */
	void startEnabled() {
		// The slowest first
		List<Enabled> enabled = Stream
			.of(new Enabled(this.settings.hdfs(), this::hdfs), new Enabled(this.settings.cassandra(), this::cassandra),
					new Enabled(this.settings.kafka(), this::kafka),
					new Enabled(this.settings.influxdb(), this::influxdb),
					new Enabled(this.settings.postgresql(), this::postgresql))
			.filter((each) -> each.settings().enabled())
			.toList();
		try {
			// A port that is set but busy is said at once, not when all others are up
			enabled.stream().filter(Enabled::hasSetPort).forEach((each) -> each.start().get().awaitPort());
			enabled.forEach((each) -> each.start().get());
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * One that is to be started.
	 */
	private record Enabled(ServerSettings settings, Supplier<ForkedServer> start) {

		boolean hasSetPort() {
			Integer port = this.settings.port();
			return port != null && port != 0;
		}

	}

	/** HDFS, which is started by the first who asks. */
	ForkedServer hdfs() {
		return start(new Hdfs(), this.settings.hdfs());
	}

	/** PostgreSQL, which is started by the first who asks. */
	ForkedServer postgresql() {
		return start(new Postgresql(this.data.path(), this.settings.postgresql().version()),
				this.settings.postgresql());
	}

	/** Kafka, which is started by the first who asks. */
	ForkedServer kafka() {
		return start(new Kafka(), this.settings.kafka());
	}

	/** Cassandra, which is started by the first who asks. */
	ForkedServer cassandra() {
		return start(new Cassandra(), this.settings.cassandra());
	}

	/** What stands in for InfluxDB, which is started by the first who asks. */
	ForkedServer influxdb() {
		return start(new Influxdb(), this.settings.influxdb());
	}

	/** Starts a server in the background, unless it was started before. */
	synchronized ForkedServer start(EmbeddedServer server, ServerSettings its) {
		return this.servers.computeIfAbsent(server.name(), (name) -> {
			ForkedServer forked = new ForkedServer(server, its, this.home, this.launcher, this.data, this.ports,
					this.settings.shared());
			forked.start();
			return forked;
		});
	}

	synchronized Collection<ForkedServer> all() {
		return this.servers.values().stream().toList();
	}

	DataFolder data() {
		return this.data;
	}

	boolean shared() {
		return this.settings.shared();
	}

	/** Stops the servers, unless they are shared: then others still use them. */
	@Override
	public void close() {
		if (!shared()) {
			stop();
		}
	}

	/**
	 * Stops all servers at the same time, waits for them, and gives the data folder free.
	 */
	private void stop() {
		Collection<ForkedServer> all = all();
		all.forEach(ForkedServer::stop);
		try {
			for (ForkedServer server : all) {
				server.awaitStopped();
			}
			this.data.close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The application's classes may lie in a jar within a jar, where no other JVM can
	 * read them.
	 */
	private static Path unpackLauncher(Path folder) throws IOException {
		String name = Launcher.class.getName().replace('.', '/') + ".class";
		Path file = folder.resolve(name);
		Files.createDirectories(file.getParent());
		try (InputStream classFile = EmbeddedServers.class.getClassLoader().getResourceAsStream(name)) {
			if (classFile == null) {
				throw new IOException("no class file of " + name);
			}
			Files.write(file, classFile.readAllBytes());
		}
		return folder;
	}

}
