package io.isobar.serving;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

import io.isobar.IsobarApplication;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;

import org.springframework.batch.core.BatchStatus;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The serving layer of a running application, with years of a city and many customers.
 */
public final class ServingLayer implements AutoCloseable {

	/** As many as have ordered something. */
	public static final int CUSTOMERS = 100_000;

	private static final Path DATASET = Path.of("datasets", "noaa-seattle-new-york");

	private final ConfigurableApplicationContext context;

	private final HttpClient http = HttpClient.newHttpClient();

	private final Path folder;

	private ServingLayer(ConfigurableApplicationContext context, Path folder) {
		this.context = context;
		this.folder = folder;
	}

	/**
	 * Starts the application as it is started by default, and fills it.
	 * @param folder where its data are
	 */
	public static ServingLayer start(Path folder) throws IOException, InterruptedException {
		SpringApplication application = new SpringApplication(IsobarApplication.class, SameBytes.class);
		ServingLayer layer = new ServingLayer(application.run("--server.port=0", "--isobar.speed.enabled=true",
				"--isobar.embedded.kafka.enabled=true", "--isobar.embedded.cassandra.enabled=true",
				"--isobar.embedded.influxdb.enabled=true", "--isobar.speed.producer.enabled=true",
				"--isobar.speed.producer.mode=once", "--isobar.speed.producer.count=5",
				"--isobar.embedded.database=serving", "--isobar.lake.root=/serving", "--isobar.data-dir=" + folder),
				folder);
		layer.fill();
		return layer;
	}

	private void fill() throws IOException, InterruptedException {
		Path orders = Files.createDirectories(this.folder.resolve("orders")).resolve("orders.csv");
		try (BufferedWriter csv = Files.newBufferedWriter(orders)) {
			csv.write("customer,amount\n");
			for (int customer = 0; customer < CUSTOMERS; customer++) {
				csv.write("Customer %06d,%d.%02d\n".formatted(customer, 1 + customer % 900, customer % 100));
			}
		}
		Path mapping = this.folder.resolve("orders.yaml");
		Files.writeString(mapping, "files: \"*.csv\"\ncustomer: { column: customer }\namount: { column: amount }\n");
		run("weather_import", Map.of("path", DATASET.toString()));
		run("orders_import", Map.of("path", orders.toString(), "mapping", mapping.toString()));
		run("weather_batch_processing", Map.of("collect", "false"));
		run("orders_batch", Map.of());
	}

	private void run(String job, Map<String, String> parameters) throws InterruptedException {
		long id = this.context.getBean(Launches.class).launch(job, parameters, "benchmark").executionId();
		Executions executions = this.context.getBean(Executions.class);
		Execution execution;
		while ((execution = executions.find(id).orElseThrow()).isRunning()) {
			Thread.sleep(200);
		}
		if (execution.status() != BatchStatus.COMPLETED) {
			throw new IllegalStateException(
					"%s has ended as %s: %s".formatted(job, execution.status(), executions.failures(execution)));
		}
	}

	/** Where its web server listens. */
	public int port() {
		return Objects.requireNonNull(((WebServerApplicationContext) this.context).getWebServer()).getPort();
	}

	/**
	 * What a viewer sends to log in.
	 * @param folder where the application's data are
	 */
	public static String viewer(Path folder) throws IOException {
		Properties passwords = new Properties();
		try (InputStream file = Files.newInputStream(folder.resolve("passwords.properties"))) {
			passwords.load(file);
		}
		return "Basic " + Base64.getEncoder()
			.encodeToString(
					("viewer:" + passwords.getProperty("isobar.viewer.password")).getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Keeps what an address answers in memory, to be answered by another one.
	 * @return how many bytes it has
	 */
	public int keep(String name, String address) throws IOException, InterruptedException {
		HttpResponse<byte[]> answer = this.http
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + address))
				.header("Authorization", viewer(this.folder))
				.build(), HttpResponse.BodyHandlers.ofByteArray());
		if (answer.statusCode() != 200 || answer.body().length < 3) {
			throw new IllegalStateException("%s: %d %s".formatted(address, answer.statusCode(),
					new String(answer.body(), StandardCharsets.UTF_8)));
		}
		this.context.getBean(SameBytes.class).keep(name, answer.body());
		return answer.body().length;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
