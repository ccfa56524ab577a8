package io.isobar.speed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.awaitility.Awaitility.await;

/**
 * An InfluxDB of its own, empty but for its organisation: {@code influxd} where it is on
 * the PATH (2.x, or 1.8 with Flux), or a container where there is Docker.
 */
final class RealInflux implements AutoCloseable {

	static final String ORG = "lambda_org";

	private static final Duration LONG = Duration.ofMinutes(2);

	private final URI url;

	private final @Nullable String token;

	private final AutoCloseable server;

	private RealInflux(URI url, @Nullable String token, AutoCloseable server) {
		this.url = url;
		this.token = token;
		this.server = server;
	}

	/** Whether there is an {@code influxd}. */
	static boolean isOnPath() {
		return influxd().isPresent();
	}

	/** Whether there is Docker. */
	static boolean isInDocker() {
		return DockerClientFactory.instance().isDockerAvailable();
	}

	private static Optional<Path> influxd() {
		return Stream.of(System.getenv("PATH").split(":"))
			.map((folder) -> Path.of(folder, "influxd"))
			.filter(Files::isExecutable)
			.findFirst();
	}

	/** Starts {@code influxd} with its files in that folder. */
	static RealInflux fromPath(Path folder) throws IOException, InterruptedException {
		String influxd = influxd().orElseThrow().toString();
		int port = freePort();
		URI url = URI.create("http://127.0.0.1:" + port);
		boolean flux = version(influxd).contains("v1.");
		List<String> command = (flux) ? List.of(influxd, "-config", configuration(folder, port).toString())
				: List.of(influxd, "--http-bind-address", "127.0.0.1:" + port, "--bolt-path",
						folder.resolve("influxd.bolt").toString(), "--engine-path", folder.resolve("engine").toString(),
						"--sqlite-path", folder.resolve("influxd.sqlite").toString(), "--reporting-disabled");
		Process server = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(folder.resolve("influxd.log").toFile())
			.start();
		AutoCloseable end = () -> {
			server.destroy();
			if (!server.waitFor(10, TimeUnit.SECONDS)) {
				server.destroyForcibly();
			}
		};
		awaitUp(url);
		return new RealInflux(url, (flux) ? null : setUp(url), end);
	}

	/** InfluxDB 1.8 answers Flux where it is told to. */
	private static Path configuration(Path folder, int port) throws IOException {
		return Files.writeString(folder.resolve("influxdb.conf"), """
				reporting-disabled = true
				bind-address = "127.0.0.1:0"
				[meta]
				dir = "%1$s/meta"
				[data]
				dir = "%1$s/data"
				wal-dir = "%1$s/wal"
				[http]
				bind-address = "127.0.0.1:%2$d"
				flux-enabled = true
				""".formatted(folder, port));
	}

	private static String version(String influxd) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(influxd, "version").redirectErrorStream(true).start();
		try (InputStream output = process.getInputStream()) {
			String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
			process.waitFor();
			return text;
		}
	}

	/** Starts a container. */
	@SuppressWarnings("resource") // closed with what is returned
	static RealInflux fromDocker() {
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse("influxdb:2.7"))
			.withExposedPorts(8086)
			.waitingFor(Wait.forHttp("/ping").forStatusCode(204));
		container.start();
		URI url = URI.create("http://" + container.getHost() + ":" + container.getMappedPort(8086));
		return new RealInflux(url, setUp(url), container);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static void awaitUp(URI url) {
		await().atMost(LONG)
			.ignoreExceptions()
			.until(() -> send(HttpRequest.newBuilder(url.resolve("/ping")).build()).statusCode() == 204);
	}

	/** Makes user and organisation, and a token that may do everything. */
	private static String setUp(URI url) {
		String setup = JsonMapper.shared()
			.writeValueAsString(Map.of("username", "isobar", "password", "isobar-test", "org", ORG, "bucket", "other"));
		HttpResponse<String> answer = send(HttpRequest.newBuilder(url.resolve("/api/v2/setup"))
			.POST(HttpRequest.BodyPublishers.ofString(setup))
			.build());
		return JsonMapper.shared().readTree(answer.body()).get("auth").get("token").asString();
	}

	private static HttpResponse<String> send(HttpRequest request) {
		try {
			return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	InfluxConnectionDetails details() {
		return new InfluxConnectionDetails() {

			@Override
			public URI url() {
				return RealInflux.this.url;
			}

			@Override
			public @Nullable String token() {
				return RealInflux.this.token;
			}

		};
	}

	/** How long a bucket keeps what it has; as InfluxDB 1.8 calls it, a database. */
	Duration retention(String bucket) {
		if (this.token == null) {
			String answer = send(HttpRequest
				.newBuilder(this.url.resolve("/query?q="
						+ URLEncoder.encode("SHOW RETENTION POLICIES ON \"" + bucket + "\"", StandardCharsets.UTF_8)))
				.build()).body();
			for (JsonNode policy : JsonMapper.shared().readTree(answer).at("/results/0/series/0/values")) {
				// name, duration, …, default
				if (policy.get(policy.size() - 1).asBoolean()) {
					return Duration.parse("PT" + policy.get(1).asString().toUpperCase(Locale.ROOT));
				}
			}
			throw new IllegalStateException(answer);
		}
		JsonNode buckets = JsonMapper.shared()
			.readTree(send(HttpRequest.newBuilder(this.url.resolve("/api/v2/buckets?name=" + bucket))
				.header("Authorization", "Token " + this.token)
				.build()).body());
		return Duration.ofSeconds(buckets.at("/buckets/0/retentionRules/0/everySeconds").asLong());
	}

	/**
	 * The rows of a table that a script in Flux answers with, by the names of its
	 * columns.
	 */
	List<Map<String, String>> flux(String script) {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.url.resolve("/api/v2/query?org=" + ORG))
			.header("Content-Type", "application/vnd.flux")
			.header("Accept", "application/csv")
			.POST(HttpRequest.BodyPublishers.ofString(script));
		if (this.token != null) {
			request.header("Authorization", "Token " + this.token);
		}
		HttpResponse<String> answer = send(request.build());
		if (answer.statusCode() != 200) {
			throw new IllegalStateException(answer.body());
		}
		List<Map<String, String>> rows = new ArrayList<>();
		// A blank line, then the names again: another table
		for (String table : answer.body().split("\\r\\n\\r\\n")) {
			List<String> lines = table.lines().filter((line) -> !line.isBlank()).toList();
			for (int row = 1; row < lines.size(); row++) {
				rows.add(row(lines.get(0).split(",", -1), lines.get(row).split(",", -1)));
			}
		}
		return rows;
	}

	private static Map<String, String> row(String[] names, String[] values) {
		Map<String, String> row = new HashMap<>();
		for (int i = 0; i < names.length; i++) {
			row.put(names[i], values[i]);
		}
		return row;
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

}
