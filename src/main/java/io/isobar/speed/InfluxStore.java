package io.isobar.speed;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.domain.BucketRetentionRules;
import com.influxdb.client.domain.Organization;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.exceptions.InfluxException;
import io.isobar.weather.Metric;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * InfluxDB as the speed layer uses it, or QuestDB in its place: found out by asking. The
 * bucket, or QuestDB's table, is made where it is missing.
 */
@Component
@ConditionalOnSpeed
class InfluxStore implements DisposableBean {

	static final String MEASUREMENT = "weather";

	static final List<String> TAGS = List.of("station_id", "city", "country", "data_origin");

	/**
	 * A field that only QuestDB gets. InfluxDB puts the fields of two points of the same
	 * time and tags together, while QuestDB puts one row in the place of the other: there
	 * it makes two rows of points that have different metrics.
	 */
	static final String METRICS = "metrics";

	private static final Logger logger = LoggerFactory.getLogger(InfluxStore.class);

	private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(3);

	private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

	private final ObjectProvider<InfluxConnectionDetails> details;

	private final InfluxSettings settings;

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECTS_WITHIN).build();

	private @Nullable InfluxDBClient client;

	private final CountDownLatch destroyed = new CountDownLatch(1);

	private boolean standIn;

	private boolean ready;

	InfluxStore(ObjectProvider<InfluxConnectionDetails> details, InfluxSettings settings) {
		this.details = details;
		this.settings = settings;
	}

	/** Makes the bucket as soon as InfluxDB answers, though there is no point yet. */
	@EventListener(ApplicationReadyEvent.class)
	void prepare() {
		Thread thread = new Thread(this::prepareWhenItAnswers, "influx-bucket");
		thread.setDaemon(true);
		thread.start();
	}

	private void prepareWhenItAnswers() {
		try {
			while (!isPrepared()) {
				if (this.destroyed.await(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
					return;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean isPrepared() {
		try {
			ready();
			return true;
		}
		catch (RuntimeException ex) {
			// The first points are told of it, with a sentence
			logger.debug("InfluxDB is not ready yet", ex);
			return false;
		}
	}

	/** Writes points, each a line; all or, where it is refused, perhaps some. */
	void write(List<String> points) {
		boolean answered = false;
		try {
			ready().getWriteApiBlocking()
				.writeRecord(this.settings.bucket(), this.settings.org(), WritePrecision.S, String.join("\n", points));
			answered = true;
		}
		catch (InfluxException ex) {
			answered = isForGood(ex);
			throw ex;
		}
		finally {
			if (!answered) {
				askAgain();
			}
		}
	}

	/** Whether a point is refused, and would be again. */
	static boolean isForGood(InfluxException ex) {
		return switch (ex.status()) {
			case 400, 413, 422 -> true;
			default -> false;
		};
	}

	/** Whoever answers next may be another one, or an empty one. */
	synchronized void askAgain() {
		this.ready = false;
	}

	/** Whether QuestDB answers in InfluxDB's place. */
	synchronized boolean isStandIn() {
		ready();
		return this.standIn;
	}

	private synchronized InfluxDBClient ready() {
		InfluxConnectionDetails where = this.details.getObject();
		InfluxDBClient open = this.client;
		if (open == null) {
			open = client(where);
			this.client = open;
		}
		if (!this.ready) {
			HttpResponse<String> answer = get(URI.create(where.url() + "/ping"));
			this.standIn = answer.headers()
				.firstValue("Server")
				.filter((server) -> server.toLowerCase(Locale.ROOT).startsWith("questdb"))
				.isPresent();
			if (this.standIn) {
				makeTable(where);
			}
			else if (answer.headers()
				.firstValue("X-Influxdb-Version")
				.filter((version) -> version.startsWith("1."))
				.isPresent()) {
				makeDatabase(where);
			}
			else {
				makeBucket(open);
			}
			this.ready = true;
		}
		return open;
	}

	private InfluxDBClient client(InfluxConnectionDetails where) {
		InfluxDBClientOptions.Builder options = InfluxDBClientOptions.builder()
			.url(where.url().toString())
			.org(this.settings.org())
			.bucket(this.settings.bucket())
			.okHttpClient(new OkHttpClient.Builder().connectTimeout(CONNECTS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
				.callTimeout(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
				.readTimeout(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
				.writeTimeout(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS));
		String token = where.token();
		if (token != null) {
			options.authenticateToken(token.toCharArray());
		}
		return InfluxDBClientFactory.create(options.build()).enableGzip();
	}

	private void makeBucket(InfluxDBClient open) {
		if (open.getBucketsApi().findBucketByName(this.settings.bucket()) != null) {
			return;
		}
		Organization org = open.getOrganizationsApi()
			.findOrganizations()
			.stream()
			.filter((each) -> this.settings.org().equals(each.getName()))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(
					"InfluxDB has no organisation %s that the token may see. Create it, or set isobar.influx.org."
						.formatted(this.settings.org())));
		BucketRetentionRules retention = new BucketRetentionRules().everySeconds((int) this.settings.keptSeconds());
		open.getBucketsApi().createBucket(this.settings.bucket(), retention, org);
		logger.info("Made the bucket {} of InfluxDB, which keeps points for {}.", this.settings.bucket(),
				this.settings.retention());
	}

	/** InfluxDB 1.8 takes the same writes, and has databases in place of buckets. */
	private void makeDatabase(InfluxConnectionDetails where) {
		String kept = (this.settings.keptSeconds() > 0) ? " WITH DURATION " + this.settings.keptSeconds() + "s" : "";
		String statement = "CREATE DATABASE \"%s\"%s".formatted(this.settings.bucket(), kept);
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create(where.url() + "/query?q=" + URLEncoder.encode(statement, StandardCharsets.UTF_8)))
			.POST(HttpRequest.BodyPublishers.noBody());
		if (where.token() != null) {
			request.header("Authorization", "Token " + where.token());
		}
		HttpResponse<String> answer = send(request, ANSWERS_WITHIN);
		// Where it is there already, points may be kept for another time
		if (answer.statusCode() != 200
				|| (answer.body().contains("\"error\"") && !answer.body().contains("conflicts with an existing"))) {
			throw new IllegalStateException(
					"InfluxDB can't make the database %s: %s".formatted(this.settings.bucket(), answer.body()));
		}
	}

	private void makeTable(InfluxConnectionDetails where) {
		String columns = Stream
			.of(TAGS.stream().map((tag) -> tag + " SYMBOL"), Stream.of(METRICS + " LONG"),
					Metric.ALL.stream().map((metric) -> metric.column() + " DOUBLE"))
			.flatMap((each) -> each)
			.collect(Collectors.joining(", "));
		long days = TimeUnit.SECONDS.toDays(this.settings.keptSeconds());
		String kept = (days > 0) ? "TTL " + days + " DAYS " : "";
		String sql = "CREATE TABLE IF NOT EXISTS %s (%s, timestamp TIMESTAMP) TIMESTAMP(timestamp) PARTITION BY DAY %sWAL DEDUP UPSERT KEYS(timestamp, %s, %s)"
			.formatted(MEASUREMENT, columns, kept, String.join(", ", TAGS), METRICS);
		HttpResponse<String> answer = get(
				URI.create(where.url() + "/exec?query=" + URLEncoder.encode(sql, StandardCharsets.UTF_8)));
		if (answer.statusCode() != 200) {
			throw new IllegalStateException(
					"QuestDB can't make the table %s: %s".formatted(MEASUREMENT, answer.body()));
		}
	}

	/** Who answers; an exception if nobody does within that time. */
	String ping(Duration patience) {
		URI address = this.details.getObject().url();
		HttpResponse<String> answer = get(URI.create(address + "/ping"), patience);
		return answer.headers().firstValue("Server").orElse("InfluxDB") + " at " + address;
	}

	private HttpResponse<String> get(URI address) {
		return get(address, ANSWERS_WITHIN);
	}

	private HttpResponse<String> get(URI address, Duration patience) {
		return send(HttpRequest.newBuilder(address), patience);
	}

	private HttpResponse<String> send(HttpRequest.Builder builder, Duration patience) {
		HttpRequest request = builder.timeout(patience).build();
		// The request's own time-out ends where the body begins
		CompletableFuture<HttpResponse<String>> answer = this.http.sendAsync(request,
				HttpResponse.BodyHandlers.ofString());
		try {
			return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			answer.cancel(true);
			throw new IllegalStateException("InfluxDB does not answer at " + request.uri().getAuthority(), ex);
		}
		catch (InterruptedException ex) {
			answer.cancel(true);
			Thread.currentThread().interrupt();
			throw new IllegalStateException("InfluxDB was not waited for", ex);
		}
	}

	@Override
	public synchronized void destroy() {
		this.destroyed.countDown();
		if (this.client != null) {
			this.client.close();
		}
	}

}
