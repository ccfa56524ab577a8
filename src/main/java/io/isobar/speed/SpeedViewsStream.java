package io.isobar.speed;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import io.isobar.cassandra.CassandraSessions;
import io.isobar.cassandra.CassandraTarget;
import io.isobar.engine.SparkEngine;
import io.isobar.jobs.NotWorthRetrying;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.provider.Cities;
import io.isobar.spark.StreamSpeedViews;
import io.isobar.weather.City;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.StreamingQueryProgress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.parameters.JobParameter;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.cassandra.autoconfigure.CassandraConnectionDetails;
import org.springframework.boot.cassandra.autoconfigure.CassandraProperties;
import org.springframework.stereotype.Component;

/**
 * Has Spark stream the topic into Cassandra, until it is asked to stop. Its checkpoint is
 * on the lake, one for each topic that Kafka has ever had: a topic that was made again is
 * read from its beginning. Within this process it outlives a Kafka or an HDFS that is
 * away; on a cluster the execution fails then, and its restart goes on.
 */
@Component
@ConditionalOnSpeed
class SpeedViewsStream implements Tasklet {

	private static final Logger logger = LoggerFactory.getLogger(SpeedViewsStream.class);

	private static final long LOOK_MS = 500;

	/** In the context of its step: an accepted gap is passed. */
	private static final String PASSED = "gapPassed";

	/** So long cities are taken to be as they were. */
	private static final Duration REMEMBERED = Duration.ofSeconds(30);

	/** What Spark decides itself. */
	private static final Set<String> NOT_OURS = Set.of(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
			ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
			ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
			ConsumerConfig.GROUP_ID_CONFIG, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, ConsumerConfig.CLIENT_ID_CONFIG);

	private final SparkEngine spark;

	private final Lake lake;

	private final Topics topics;

	private final KafkaClients kafka;

	private final CassandraConnectionDetails cassandra;

	private final CassandraProperties cassandraProperties;

	private final CassandraSettings cassandraSettings;

	private final SpeedSettings speed;

	private final StreamingSettings settings;

	private final Cities registry;

	private final StepProgress progress;

	private final JsonMapper json;

	private @Nullable Remembered remembered;

	SpeedViewsStream(SparkEngine spark, Lake lake, Topics topics, KafkaClients kafka,
			CassandraConnectionDetails cassandra, CassandraProperties cassandraProperties,
			CassandraSettings cassandraSettings, SpeedSettings speed, StreamingSettings settings, Cities registry,
			StepProgress progress, JsonMapper json) {
		this.spark = spark;
		this.lake = lake;
		this.topics = topics;
		this.kafka = kafka;
		this.cassandra = cassandra;
		this.cassandraProperties = cassandraProperties;
		this.cassandraSettings = cassandraSettings;
		this.speed = speed;
		this.settings = settings;
		this.registry = registry;
		this.progress = progress;
		this.json = json;
	}

	private record Remembered(Map<String, StreamSpeedViews.KnownCity> cities, long at) {
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk)
			throws IOException, JobInterruptedException, InterruptedException {
		StepExecution step = contribution.getStepExecution();
		this.progress.stopIfRequested(step);
		Incarnation topic = this.topics.incarnation(this.topics.weather())
			.orElseThrow(() -> new IllegalStateException(
					"Kafka has not said yet whether it has the topic %s. See that it runs, then restart this execution."
						.formatted(this.topics.weather())));
		StreamSpeedViews job = new StreamSpeedViews(secrets());
		StreamSpeedViews.Request request = request(step, topic);
		if (!this.spark.isInProcess()) {
			count(contribution, this.spark.run(step, job, request));
			return RepeatStatus.FINISHED;
		}
		AtomicLong written = new AtomicLong();
		AtomicLong refused = new AtomicLong();
		AtomicBoolean progress = new AtomicBoolean();
		StreamingQuery query;
		try {
			query = job.start(this.spark.session(), request, new Registered(), (batch) -> {
				written.addAndGet(batch.written());
				refused.addAndGet(batch.refused());
				progress.set(true);
			});
		}
		catch (RuntimeException ex) {
			if (awaitBack(step, "HDFS", () -> isLakeAway(request))) {
				return RepeatStatus.CONTINUABLE;
			}
			throw ex;
		}
		try {
			return watch(step, query, topic, request, progress);
		}
		finally {
			stop(query);
			CassandraSessions.close(request.cassandra());
			count(contribution, new StreamSpeedViews.Streamed(written.get(), refused.get()));
		}
	}

	/** Until it ends; it goes on with another query if there is more. */
	private RepeatStatus watch(StepExecution step, StreamingQuery query, Incarnation topic,
			StreamSpeedViews.Request request, AtomicBoolean progress)
			throws IOException, JobInterruptedException, InterruptedException {
		try {
			while (!query.awaitTermination(LOOK_MS)) {
				this.progress.stopIfRequested(step);
				if (!isCurrent(topic)) {
					return RepeatStatus.CONTINUABLE;
				}
				if (request.acceptsGap() && isPastGap(query, topic)) {
					// What was accepted is no licence for what Kafka forgets later
					step.getExecutionContext().put(PASSED, true);
					return RepeatStatus.CONTINUABLE;
				}
			}
			return RepeatStatus.FINISHED;
		}
		catch (StreamingQueryException ex) {
			if (awaitBack(step, "Kafka", () -> isKafkaAway(topic))
					|| awaitBack(step, "HDFS", () -> isLakeAway(request))) {
				return RepeatStatus.CONTINUABLE;
			}
			if (!this.topics.isStill(topic)) {
				// Its offsets are others, which is no gap
				while (isCurrent(topic)) {
					this.progress.stopIfRequested(step);
					Thread.sleep(LOOK_MS);
				}
				return RepeatStatus.CONTINUABLE;
			}
			if (StreamSpeedViews.isGap(ex)) {
				throw new Gap(StreamSpeedViews.sentence(ex, topic.topic()), ex);
			}
			String sentence = StreamSpeedViews.sentence(ex, topic.topic());
			if (progress.get()) {
				// It runs for weeks: what has failed before this is no reason to give up
				logger.warn("The streaming job begins anew where it was: {}", sentence);
				this.progress.stopIfRequested(step);
				Thread.sleep(LOOK_MS);
				return RepeatStatus.CONTINUABLE;
			}
			throw new IOException(sentence, ex);
		}
	}

	/** Whether it has noted, of all partitions, that it is where Kafka still has all. */
	private boolean isPastGap(StreamingQuery query, Incarnation topic) {
		StreamingQueryProgress last = query.lastProgress();
		if (last == null || last.sources().length == 0 || last.sources()[0].endOffset() == null) {
			return false;
		}
		JsonNode noted = this.json.readTree(last.sources()[0].endOffset()).path(topic.topic());
		try {
			return this.topics.beginnings(topic.topic())
				.entrySet()
				.stream()
				.allMatch((first) -> noted.path(String.valueOf(first.getKey())).asLong(-1) >= first.getValue());
		}
		catch (RuntimeException ex) {
			logger.debug("Where {} begins is not known now", topic.topic(), ex);
			return false;
		}
	}

	/**
	 * Waits until a server is back.
	 * @return whether it was away
	 */
	private boolean awaitBack(StepExecution step, String server, BooleanSupplier isAway)
			throws JobInterruptedException, InterruptedException {
		if (!isAway.getAsBoolean()) {
			return false;
		}
		logger.warn("{} does not answer. The streaming job waits, and goes on by itself.", server);
		while (isAway.getAsBoolean()) {
			this.progress.stopIfRequested(step);
			Thread.sleep(LOOK_MS);
		}
		logger.info("{} answers again. The streaming job goes on.", server);
		return true;
	}

	private boolean isLakeAway(StreamSpeedViews.Request request) {
		try {
			this.lake.files().exists(new Path(request.checkpoint()));
			return this.lake.isInSafeMode();
		}
		catch (IOException | RuntimeException ex) {
			return true;
		}
	}

	private boolean isCurrent(Incarnation topic) {
		return this.topics.incarnation(topic.topic()).filter((now) -> now.id().equals(topic.id())).isPresent();
	}

	private boolean isKafkaAway(Incarnation topic) {
		try {
			this.topics.isStill(topic);
			return false;
		}
		catch (RuntimeException ex) {
			return true;
		}
	}

	private static void stop(StreamingQuery query) {
		try {
			query.stop();
		}
		catch (TimeoutException ex) {
			logger.warn("The streaming query has not ended in time.");
		}
	}

	private static void count(StepContribution contribution, StreamSpeedViews.Streamed streamed) {
		StepExecution step = contribution.getStepExecution();
		step.setReadCount(step.getReadCount() + streamed.written() + streamed.refused());
		contribution.incrementWriteCount(streamed.written());
		contribution.incrementFilterCount(streamed.refused());
	}

	private StreamSpeedViews.Request request(StepExecution step, Incarnation topic) {
		boolean once = isTrue(step, StreamSpeedViewsJob.ONCE);
		// Another keyspace has none of what was written into this one
		String checkpoint = this.lake
			.path("weather/streaming/%s/%s-%s".formatted(this.cassandraSettings.keyspace(), topic.topic(), topic.id()))
			.toString();
		return new StreamSpeedViews.Request(kafka(false), topic.topic(), cassandra(), cities(),
				this.speed.retention().toString(), checkpoint, (once) ? null : this.settings.interval().toMillis(),
				this.settings.batch(),
				isTrue(step, StreamSpeedViewsJob.ACCEPT_GAP) && !step.getExecutionContext().containsKey(PASSED));
	}

	private static boolean isTrue(StepExecution step, String parameter) {
		JobParameter<?> asked = step.getJobParameters().getParameter(parameter);
		return asked != null && Boolean.TRUE.equals(asked.value());
	}

	private CassandraTarget cassandra() {
		return new CassandraTarget(
				this.cassandra.getContactPoints().stream().map((node) -> node.host() + ":" + node.port()).toList(),
				String.valueOf(this.cassandra.getLocalDatacenter()), this.cassandra.getUsername(),
				this.cassandraProperties.getSsl().isEnabled(), this.cassandraSettings.keyspace(),
				this.cassandraSettings.replicationStrategy(), this.cassandraSettings.replicationFactor(),
				this.cassandraSettings.concurrency(), this.cassandraSettings.writeTimeout().toMillis());
	}

	private Map<String, String> secrets() {
		Map<String, String> secrets = new HashMap<>();
		kafka(true).forEach((name, value) -> secrets.put(StreamSpeedViews.KAFKA + name, value));
		String password = this.cassandra.getPassword();
		if (password != null) {
			secrets.put(StreamSpeedViews.CASSANDRA_PASSWORD, password);
		}
		return secrets;
	}

	/** The properties of a client that are secret, or all others. */
	private Map<String, String> kafka(boolean secret) {
		Map<String, String> properties = new HashMap<>();
		this.kafka.consumer(null).forEach((name, value) -> {
			if (!NOT_OURS.contains(name) && value != null && isSecret(name) == secret) {
				properties.put(name, text(value));
			}
		});
		return properties;
	}

	private static boolean isSecret(String property) {
		return property.contains("password") || property.contains("jaas") || property.contains("key");
	}

	private static String text(Object value) {
		if (value instanceof Collection<?> several) {
			return several.stream().map(String::valueOf).collect(Collectors.joining(","));
		}
		return (value instanceof Class<?> type) ? type.getName() : value.toString();
	}

	/** Every known city. While PostgreSQL is away, what it said before stays. */
	private synchronized Map<String, StreamSpeedViews.KnownCity> cities() {
		Remembered before = this.remembered;
		if (before != null && System.nanoTime() - before.at() < REMEMBERED.toNanos()) {
			return before.cities();
		}
		try {
			Map<String, StreamSpeedViews.KnownCity> now = new HashMap<>();
			this.registry.all()
				.forEach((city) -> now.put(city.name(),
						new StreamSpeedViews.KnownCity(city.country(), city.zone().getId())));
			this.remembered = new Remembered(now, System.nanoTime());
			return now;
		}
		catch (RuntimeException ex) {
			if (before == null) {
				throw ex;
			}
			return before.cities();
		}
	}

	/** The cities of the registry. */
	private final class Registered implements StreamSpeedViews.KnownCities {

		@Override
		public Map<String, StreamSpeedViews.KnownCity> all() {
			return cities();
		}

		@Override
		public void add(StreamSpeedViews.NewCity city) {
			SpeedViewsStream.this.registry.register(
					new City(city.name(), city.country(), city.latitude(), city.longitude(), ZoneId.of("UTC"), false));
			forget();
		}

	}

	private synchronized void forget() {
		this.remembered = null;
	}

	/** Another try would not bring back what Kafka has forgotten. */
	private static final class Gap extends RuntimeException implements NotWorthRetrying {

		Gap(String sentence, Throwable cause) {
			super(sentence, cause);
		}

	}

}
