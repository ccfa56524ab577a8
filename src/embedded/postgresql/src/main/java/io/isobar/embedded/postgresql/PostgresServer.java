package io.isobar.embedded.postgresql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * PostgreSQL on loopback, its files kept in the folder it is given, with durable commits
 * and a password. {@code main} returns when it answers; when the server ends, this JVM
 * ends too.
 */
public final class PostgresServer {

	/** How long to look for what a start that is cut short still brings up. */
	private static final Duration CUT_SHORT = Duration.ofSeconds(2);

	private static final CountDownLatch startedOrFailed = new CountDownLatch(1);

	private static volatile Path pidFile;

	private PostgresServer() {
	}

	/**
	 * @param args the folder, the port, the major version, the user, and the file with
	 * the password
	 */
	public static void main(String[] args) throws Exception {
		try {
			start(args);
		}
		finally {
			startedOrFailed.countDown();
		}
		// Unpacking has taken far more memory than watching does
		System.gc();
	}

	/**
	 * A start is cut short: until it is over no shutdown hook knows the server, and it would
	 * be left behind. Killing is harmless: what is half initialised is initialised anew, and
	 * what was there before is recovered.
	 */
	public static void stop() throws IOException, InterruptedException {
		long end = System.nanoTime() + CUT_SHORT.toNanos();
		while (System.nanoTime() < end && !startedOrFailed.await(20, TimeUnit.MILLISECONDS)) {
			ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
			if (pidFile != null && Files.exists(pidFile)) {
				server().ifPresent(ProcessHandle::destroyForcibly);
			}
		}
	}

	private static void start(String[] args) throws Exception {
		Path folder = Path.of(args[0]);
		int port = Integer.parseInt(args[1]);
		// Files of one major version can't be read by another
		Path storage = folder.resolve(args[2]);
		String user = args[3];
		String password = Files.readString(Path.of(args[4])).strip();

		Path binaries = folder.resolve("binaries");
		deleteHalfUnpacked(binaries);
		// Written when users and passwords are set: whose password, in this very folder
		Path ready = storage.resolve("isobar.ready");
		String fingerprint = fingerprint(password);
		boolean initialised = Files.exists(ready);
		boolean samePassword = initialised && Files.readString(ready).strip().equals(fingerprint);
		if (!initialised) {
			setAside(storage);
		}
		else if (!samePassword) {
			allow(storage, "trust");
		}

		refuseBusy(port);
		pidFile = storage.resolve("postmaster.pid");
		EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
			.setPort(port)
			.setDataDirectory(storage)
			.setCleanDataDirectory(false)
			.setOverrideWorkingDirectory(binaries.toFile())
			// After a kill it may repeat a long log; whoever does nothing is ended from outside
			.setPGStartupWait(Duration.ofMinutes(15))
			.setLocaleConfig("locale", "C")
			.setLocaleConfig("locale-provider", "builtin")
			.setLocaleConfig("builtin-locale", "C.UTF-8")
			.setConnectConfig("password", password)
			.setServerConfig("listen_addresses", "127.0.0.1")
			.setServerConfig("unix_socket_directories", "")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("max_connections", "100")
			.setOutputRedirector(ProcessBuilder.Redirect.INHERIT)
			.setErrorRedirector(ProcessBuilder.Redirect.INHERIT);
		if (System.getProperty("os.name").equals("Linux")) {
			// After a kill all is brought to the disk at once: file by file, as elsewhere,
			// takes minutes where the disk is slow
			builder.setServerConfig("recovery_init_sync_method", "syncfs");
		}
		EmbeddedPostgres server = builder.start();
		ProcessHandle process = server().orElseThrow(() -> new IOException("PostgreSQL has ended at once."));
		if (!samePassword) {
			setPassword(server, user, password);
			allow(storage, "scram-sha-256");
			reload(server);
			Files.writeString(ready, fingerprint);
		}
		process.onExit().thenRun(PostgresServer::end);
	}

	/** Another PostgreSQL that listens there would be taken for this one. */
	private static void refuseBusy(int port) throws IOException {
		new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
	}

	private static void setPassword(EmbeddedPostgres server, String user, String password) throws SQLException {
		String literal = "'" + password.replace("'", "''") + "'";
		try (Connection connection = server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			boolean exists;
			try (ResultSet roles = statement.executeQuery("select 1 from pg_roles where rolname = '" + user + "'")) {
				exists = roles.next();
			}
			statement.execute((exists ? "alter" : "create") + " role " + user + " login createdb password " + literal);
			statement.execute("alter role postgres password " + literal);
		}
	}

	private static void reload(EmbeddedPostgres server) throws SQLException {
		try (Connection connection = server.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("select pg_reload_conf()");
		}
	}

	/** Who may connect: everybody on loopback, by this method. */
	private static void allow(Path storage, String method) throws IOException {
		Files.write(storage.resolve("pg_hba.conf"),
				List.of("host all all 127.0.0.1/32 " + method, "host all all ::1/128 " + method));
	}

	/** The server itself, which is no child of this process. */
	private static Optional<ProcessHandle> server() throws IOException {
		List<String> lines = Files.readAllLines(pidFile);
		return (lines.isEmpty()) ? Optional.empty()
				: ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
					.filter((process) -> process.info().command().orElse("").contains("postgres"));
	}

	private static void end() {
		System.err.println("PostgreSQL has ended.");
		System.exit(1);
	}

	/**
	 * An unpacking that was cut short would be refused for ever: the files are in the way.
	 */
	private static void deleteHalfUnpacked(Path binaries) throws IOException {
		if (!Files.isDirectory(binaries)) {
			return;
		}
		List<Path> half;
		try (Stream<Path> unpacked = Files.list(binaries)) {
			half = unpacked.filter((directory) -> !Files.exists(directory.resolve(".exists"))).toList();
		}
		for (Path directory : half) {
			try (Stream<Path> content = Files.walk(directory)) {
				for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
					Files.delete(path);
				}
			}
		}
	}

	/**
	 * A folder whose initialisation was cut short holds nothing of value; it is still moved
	 * rather than deleted, in case a person has put it there.
	 */
	private static void setAside(Path storage) throws IOException {
		if (!Files.isDirectory(storage)) {
			return;
		}
		try (Stream<Path> content = Files.list(storage)) {
			if (content.findAny().isEmpty()) {
				return;
			}
		}
		Path aside = storage.resolveSibling(storage.getFileName() + ".unfinished-" + System.currentTimeMillis());
		Files.move(storage, aside);
		System.err.println("The folder " + storage + " was not initialised completely; it is now " + aside + ".");
	}

	private static String fingerprint(String password) throws NoSuchAlgorithmException {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		return HexFormat.of().formatHex(digest.digest(password.getBytes(StandardCharsets.UTF_8)));
	}

}
