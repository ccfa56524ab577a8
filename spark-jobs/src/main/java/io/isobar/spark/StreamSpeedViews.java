package io.isobar.spark;

import java.io.IOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.streaming.DataStreamReader;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.isobar.cassandra.CassandraSessions;
import io.isobar.cassandra.CassandraTarget;
import io.isobar.cassandra.CellWriter;
import io.isobar.cassandra.CellsNotWritten;
import io.isobar.messages.MessageRefused;
import io.isobar.messages.ReadingCells;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;

/**
 * The speed views as a job of Structured Streaming: what Kafka has, batch by batch, into
 * Cassandra. It leaves the same cells as the listeners do, as both write by
 * {@link ReadingCells}; so both may run at the same time. Where it is, its checkpoint
 * says, and a batch that was written but not noted there is written again, which changes
 * nothing.
 * <p>
 * Messages that no fact can be read from are counted and left to the listeners, who keep
 * them as dead letters. A city that nobody knows is made known, in UTC, before anything
 * of it is written.
 */
public final class StreamSpeedViews implements SparkJob<StreamSpeedViews.Request, StreamSpeedViews.Streamed> {

	/** Behind it, in what is secret, a property of Kafka. */
	public static final String KAFKA = "kafka.";

	/** In what is secret: the password for Cassandra. */
	public static final String CASSANDRA_PASSWORD = "cassandra.password";

	private static final Logger logger = LoggerFactory.getLogger(StreamSpeedViews.class);

	/** So many readings a task writes at once. */
	private static final int WRITTEN_AT_ONCE = 2000;

	private static final Duration FIRST_DELAY = Duration.ofMillis(200);

	private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

	private final Map<String, String> secrets;

	/** Of a cluster, where Spark's properties have what is secret. */
	StreamSpeedViews() {
		this(Map.of());
	}

	/**
	 * A job.
	 * @param secrets {@link #CASSANDRA_PASSWORD} and properties of Kafka behind
	 * {@link #KAFKA}
	 */
	public StreamSpeedViews(Map<String, String> secrets) {
		this.secrets = Map.copyOf(secrets);
	}

	/**
	 * What is to be streamed.
	 *
	 * @param kafka properties of a Kafka client, at least {@code bootstrap.servers}
	 * @param topic the topic of readings
	 * @param cassandra where to
	 * @param cities every known city, by name
	 * @param retention how long readings are kept after the end of their local day, such
	 * as {@code P35D}
	 * @param checkpoint the folder that says where the job is; made if it is missing,
	 * then the job begins with the first message that Kafka has
	 * @param interval milliseconds from the beginning of a batch to the next, 0: at once;
	 * null: all that Kafka has by now, then the job ends
	 * @param most messages in a batch
	 * @param acceptsGap whether to go on where Kafka no longer has what comes next
	 */
	public record Request(Map<String, String> kafka, String topic, CassandraTarget cassandra,
			Map<String, KnownCity> cities, String retention, String checkpoint, @Nullable Long interval, long most,
			boolean acceptsGap) {
	}

	/** What must be known of a city. */
	public record KnownCity(String country, String zone) implements Serializable {
	}

	/** A city that only messages speak of, as the first of them has it. */
	public record NewCity(String name, String country, @Nullable Double latitude,
			@Nullable Double longitude) implements Serializable {
	}

	/** Who knows the cities; asked where the job was started, never in a task. */
	public interface KnownCities {

		/** Every known city, by name. */
		Map<String, KnownCity> all();

		/**
		 * Makes one known, in UTC. One that somebody else has made known stays as it is.
		 */
		void add(NewCity city);

	}

	/** Those that were known at the beginning, and those that came up since. */
	private static final class RememberedCities implements KnownCities {

		private final Map<String, KnownCity> cities;

		RememberedCities(Map<String, KnownCity> atTheBeginning) {
			this.cities = new HashMap<>(atTheBeginning);
		}

		@Override
		public Map<String, KnownCity> all() {
			return this.cities;
		}

		@Override
		public void add(NewCity city) {
			this.cities.putIfAbsent(city.name(), new KnownCity(city.country(), "UTC"));
		}

	}

	/** Cities as the request has them, and those that came up since. */
	public static KnownCities citiesOf(Request request) {
		return new RememberedCities(request.cities());
	}

	/**
	 * What came of it.
	 *
	 * @param written messages that Cassandra has
	 * @param refused messages that no fact could be read from
	 */
	public record Streamed(long written, long refused) {

		public static final Streamed NOTHING = new Streamed(0, 0);

		public Streamed plus(Streamed other) {
			return new Streamed(this.written + other.written, this.refused + other.refused);
		}

	}

	public static void main(String[] arguments) throws Exception {
		Driver.run(new StreamSpeedViews(), arguments);
	}

	@Override
	public String name() {
		return "stream speed views";
	}

	@Override
	public Class<Request> request() {
		return Request.class;
	}

	@Override
	public Class<Streamed> result() {
		return Streamed.class;
	}

	@Override
	public Map<String, String> secrets() {
		return this.secrets;
	}

	/** Streams until the query ends, which without an interval it does by itself. */
	@Override
	public Streamed run(SparkSession spark, Request request, DoubleConsumer progress) throws IOException {
		Streamed[] sum = { Streamed.NOTHING };
		try {
			StreamingQuery query = start(spark, request, citiesOf(request), (batch) -> sum[0] = sum[0].plus(batch));
			query.awaitTermination();
		}
		catch (StreamingQueryException ex) {
			throw new IOException(sentence(ex, request.topic()), ex);
		}
		finally {
			CassandraSessions.close(request.cassandra());
		}
		return sum[0];
	}

	/**
	 * Starts it, and does not wait for it. Who stops it closes the sessions of
	 * {@link CassandraSessions} too.
	 * @param cities asked at each batch
	 * @param batches told of each batch when it is written, before the checkpoint has it
	 */
	public StreamingQuery start(SparkSession spark, Request request, KnownCities cities, Consumer<Streamed> batches)
			throws IOException {
		Map<String, String> secret = (this.secrets.isEmpty()) ? SparkJob.secretsOf(spark) : this.secrets;
		DataStreamReader reader = spark.readStream()
			.format("kafka")
			.option("subscribe", request.topic())
			.option("startingOffsets", "earliest")
			.option("failOnDataLoss", !request.acceptsGap())
			.option("maxOffsetsPerTrigger", request.most());
		request.kafka().forEach((name, value) -> reader.option(KAFKA + name, value));
		secret.forEach((name, value) -> {
			if (name.startsWith(KAFKA)) {
				reader.option(name, value);
			}
		});
		Long interval = request.interval();
		Batches written = new Batches(request, secret.get(CASSANDRA_PASSWORD), cities, batches);
		try {
			return reader.load()
				.select("value", "timestamp", "partition", "offset")
				.writeStream()
				.option("checkpointLocation", request.checkpoint())
				.trigger((interval != null) ? Trigger.ProcessingTime(interval) : Trigger.AvailableNow())
				.foreachBatch(written)
				.start();
		}
		catch (TimeoutException ex) {
			throw new IOException("The streaming query did not start in time.", ex);
		}
	}

	/** Why a query has ended, for people. */
	public static String sentence(StreamingQueryException ex, String topic) {
		if (isGap(ex)) {
			return "Kafka no longer has messages of %s that come next. Launch the job with accept-gap=true to go on without them; rebuild_speed_views with source=lake writes what the master dataset has of them."
				.formatted(topic);
		}
		Throwable root = ex;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return "The streaming query has failed: " + root.getMessage();
	}

	/** Whether it has ended as Kafka no longer has what comes next. */
	public static boolean isGap(StreamingQueryException ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			String message = String.valueOf(cause.getMessage());
			if (message.contains("KAFKA_DATA_LOSS") || message.contains("failOnDataLoss")) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Writes one batch after the other. While Cassandra is away it waits: where the query
	 * has no end, as long as it takes.
	 */
	private record Batches(Request request, @Nullable String password, KnownCities cities,
			Consumer<Streamed> told) implements VoidFunction2<Dataset<Row>, Long> {

		/** How long a query that has an end waits. */
		private static final Duration PATIENCE = Duration.ofMinutes(1);

		@Override
		public void call(Dataset<Row> batch, Long id) throws InterruptedException {
			long began = System.nanoTime();
			boolean waited = false;
			for (Duration delay = FIRST_DELAY;; delay = longer(delay)) {
				Written all = write(batch);
				if (all.failure() == null) {
					if (waited) {
						logger.info("Cassandra takes writes again. The streaming job goes on.");
					}
					if (all.refused() > 0) {
						logger.info(
								"{} of {} messages in batch {} are no readings and were passed over; the dead letters have them. The first one: {}",
								all.refused(), all.refused() + all.written(), id, all.firstCause());
					}
					this.told.accept(new Streamed(all.written(), all.refused()));
					return;
				}
				if (this.request.interval() != null && !waited) {
					logger.warn("Cassandra takes no writes ({}). The streaming job waits, and goes on by itself.",
							all.failure());
				}
				waited = true;
				if (this.request.interval() == null && System.nanoTime() - began > PATIENCE.toNanos()) {
					throw new IllegalStateException(
							"Cassandra takes no writes (%s). See that it runs, then restart this execution."
								.formatted(all.failure()));
				}
				Thread.sleep(delay.toMillis());
			}
		}

		/** Until all its cities are known, which takes another time, seldom two. */
		private Written write(Dataset<Row> batch) {
			while (true) {
				HashMap<String, KnownCity> known = new HashMap<>(this.cities.all());
				Written all = batch.javaRDD()
					.mapPartitions(new WriteCells(this.request.cassandra(), this.password, known,
							Period.parse(this.request.retention())))
					.collect()
					.stream()
					.reduce(Written.NOTHING, Written::plus);
				if (all.failure() != null || all.unknown().isEmpty()) {
					return all;
				}
				all.unknown().forEach(this.cities::add);
			}
		}

		private static Duration longer(Duration delay) {
			Duration doubled = delay.multipliedBy(2);
			return (doubled.compareTo(LONGEST_DELAY) < 0) ? doubled : LONGEST_DELAY;
		}

	}

	/**
	 * What a task has done.
	 *
	 * @param unknown cities that have to be made known first; nothing of them was written
	 * @param firstCause why the first message was refused, if one was
	 * @param failure why Cassandra has not taken all, null where it has
	 */
	private record Written(long written, long refused, ArrayList<NewCity> unknown, @Nullable String firstCause,
			@Nullable String failure) implements Serializable {

		static final Written NOTHING = new Written(0, 0, new ArrayList<>(), null, null);

		Written plus(Written other) {
			ArrayList<NewCity> unknown = new ArrayList<>(this.unknown);
			unknown.addAll(other.unknown);
			return new Written(this.written + other.written, this.refused + other.refused, unknown,
					(this.firstCause != null) ? this.firstCause : other.firstCause,
					(this.failure != null) ? this.failure : other.failure);
		}

	}

	/**
	 * Writes what is in a partition. A Cassandra that is away is no failure of the task.
	 */
	private record WriteCells(CassandraTarget target, @Nullable String password, HashMap<String, KnownCity> cities,
			Period retention) implements FlatMapFunction<Iterator<Row>, Written> {

		@Override
		public Iterator<Written> call(Iterator<Row> rows) {
			Part part = new Part(this);
			try {
				while (rows.hasNext()) {
					part.add(rows.next());
				}
				part.flush();
			}
			catch (CellsNotWritten ex) {
				return List.of(new Written(0, 0, new ArrayList<>(), null, String.valueOf(ex.getMessage()))).iterator();
			}
			return List.of(part.written()).iterator();
		}

	}

	private static final class Part {

		private final WriteCells task;

		private final Map<String, ZoneId> zones = new HashMap<>();

		private final List<ReadingCells> cells = new ArrayList<>();

		/** By name, the first one first. */
		private final Map<String, NewCity> unknown = new LinkedHashMap<>();

		private long good;

		private long refused;

		private @Nullable String firstCause;

		Part(WriteCells task) {
			this.task = task;
		}

		void add(Row row) {
			Instant appended = ((Timestamp) row.get(1)).toInstant();
			WeatherMessage message;
			try {
				message = WeatherMessages.read((byte[]) row.get(0), appended);
			}
			catch (MessageRefused ex) {
				refuse(row, ex);
				return;
			}
			catch (RuntimeException ex) {
				// Never a reason to stop
				logger.error("The message at offset {} of partition {} can't be read", row.get(3), row.get(2), ex);
				refuse(row, ex);
				return;
			}
			this.good++;
			KnownCity owner = this.task.cities().get(message.city());
			WeatherMessage settled = message.settled((owner != null) ? owner.country() : null);
			if (!this.task.cities().containsKey(settled.city())) {
				String country = message.country();
				this.unknown.putIfAbsent(settled.city(), new NewCity(settled.city(), (country != null) ? country : "",
						message.latitude(), message.longitude()));
				return;
			}
			ReadingCells.of(settled, zone(settled.city()), this.task.retention(), Instant.now())
				.ifPresent(this.cells::add);
			if (this.cells.size() >= WRITTEN_AT_ONCE) {
				flush();
			}
		}

		private void refuse(Row row, Exception ex) {
			this.refused++;
			if (this.firstCause == null) {
				this.firstCause = "partition %s, offset %s: %s".formatted(row.get(2), row.get(3), ex.getMessage());
			}
		}

		private ZoneId zone(String city) {
			return this.zones.computeIfAbsent(city,
					(name) -> ZoneId.of(Objects.requireNonNull(this.task.cities().get(name)).zone()));
		}

		void flush() {
			if (!this.cells.isEmpty()) {
				CassandraSessions.writer(this.task.target(), this.task.password()).write(this.cells);
				this.cells.clear();
			}
		}

		Written written() {
			return new Written(this.good, this.refused, new ArrayList<>(this.unknown.values()), this.firstCause, null);
		}

	}

}
