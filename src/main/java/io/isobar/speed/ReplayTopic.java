package io.isobar.speed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.isobar.jobs.StepProgress;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Reads every partition of the topic from its beginning, and writes what it reads into
 * the stores, until nothing has come that goes where it has just written. So in a store
 * in which the last arrival wins the newest stays, though the sinks write what comes
 * meanwhile at the same time. A restart goes on where the last part ended.
 */
@Component
@ConditionalOnSpeed
class ReplayTopic implements Tasklet {

	/** What is done between two notes of how far it is. */
	private static final Duration PART = Duration.ofSeconds(5);

	private static final Duration POLL = Duration.ofMillis(200);

	/** How long nothing may come although there is something. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/** So many messages, */
	private static final int FEW = 10_000;

	/** and so many bytes of them, are kept in memory, to compare where they go. */
	private static final long LIGHT = 16 * 1024 * 1024;

	private static final Duration LOOK = Duration.ofMillis(500);

	private static final String ID = "topic";

	private static final String POSITIONS = "positions";

	private final String topic;

	private final KafkaClients clients;

	private final Supplier<Replayed> stores;

	private final StepProgress progress;

	/** Of the topic of weather. */
	@Autowired
	ReplayTopic(SpeedSettings settings, KafkaClients clients, ObjectProvider<WeatherSink> sinks,
			StreamedMessages messages, StepProgress progress) {
		this(settings.weatherTopic(), clients, () -> Replayed.weather(sinks.orderedStream().toList(), messages),
				progress);
	}

	/**
	 * Of another topic.
	 * @param stores for each attempt, where it writes
	 */
	ReplayTopic(String topic, KafkaClients clients, Supplier<Replayed> stores, StepProgress progress) {
		this.topic = topic;
		this.clients = clients;
		this.stores = stores;
		this.progress = progress;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk)
			throws JobInterruptedException, InterruptedException {
		StepExecution step = contribution.getStepExecution();
		this.progress.stopIfRequested(step);
		// First these: what they take the topic for, it is when its positions are looked
		// at
		Replayed replayed = this.stores.get();
		Map<Integer, Long> positions = positions(step);
		boolean done;
		try (Consumer<byte[], byte[]> reader = this.clients.reader()) {
			List<TopicPartition> partitions = reader.partitionsFor(this.topic)
				.stream()
				.map((each) -> new TopicPartition(this.topic, each.partition()))
				.toList();
			reader.assign(partitions);
			Map<TopicPartition, Long> beginnings = reader.beginningOffsets(partitions);
			beginnings.forEach((partition, beginning) -> reader.seek(partition,
					Math.max(beginning, positions.getOrDefault(partition.partition(), 0L))));
			if (positions.isEmpty()) {
				this.progress.expect(step, missing(reader, reader.endOffsets(partitions)));
			}
			done = replay(step, reader, partitions, replayed);
			partitions.forEach((partition) -> positions.put(partition.partition(), reader.position(partition)));
		}
		step.getExecutionContext().putString(POSITIONS, text(positions));
		replayed.count(contribution);
		return done ? RepeatStatus.FINISHED : RepeatStatus.CONTINUABLE;
	}

	/**
	 * Whether all is written that was there when it began, and of what came meanwhile all
	 * that goes where something older was written just now: that of a store in which the
	 * last arrival wins. The sinks write all that is new. So it ends while messages come,
	 * too.
	 */
	private boolean replay(StepExecution step, Consumer<byte[], byte[]> reader, List<TopicPartition> partitions,
			Replayed replayed) {
		long begin = System.nanoTime();
		@Nullable List<StreamedMessages.Raw> written = null;
		while (true) {
			Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
			boolean few = missing(reader, ends) <= FEW;
			List<StreamedMessages.Raw> came = new ArrayList<>();
			while (missing(reader, ends) > 0) {
				came.addAll(poll(reader, ends));
				few &= came.stream().mapToLong(ReplayTopic::bytes).sum() <= LIGHT;
				if (!few) {
					replayed.write(came);
					came.clear();
				}
				if (System.nanoTime() - begin > PART.toNanos() || this.progress.stopRequested(step)) {
					replayed.write(came);
					return false;
				}
			}
			if (few && written != null && !replayed.areTogether(written, came)) {
				return true;
			}
			replayed.write(came);
			written = (few) ? came : null;
		}
	}

	private static long bytes(StreamedMessages.Raw raw) {
		byte[] value = raw.value();
		return (value != null) ? value.length : 0;
	}

	/** The next messages before these ends; fails if they don't come for long. */
	private List<StreamedMessages.Raw> poll(Consumer<byte[], byte[]> reader, Map<TopicPartition, Long> ends) {
		long begin = System.nanoTime();
		while (System.nanoTime() - begin < PATIENCE.toNanos()) {
			try {
				ConsumerRecords<byte[], byte[]> records = reader.poll(POLL);
				if (!records.isEmpty()) {
					List<StreamedMessages.Raw> raws = new ArrayList<>(records.count());
					records.forEach((message) -> raws.add(StreamedMessages.Raw.of(message)));
					return raws;
				}
				if (missing(reader, ends) == 0) {
					// What was left are marks of transactions
					return List.of();
				}
			}
			catch (OffsetOutOfRangeException ex) {
				// Too old meanwhile: Kafka goes on without them
				reader.seekToBeginning(ex.partitions());
				return List.of();
			}
		}
		throw new IllegalStateException(
				"Kafka has given no message of %s for %d s, although there are more. See that all its brokers run, then restart this execution."
					.formatted(this.topic, PATIENCE.toSeconds()));
	}

	/** How many messages before these ends were not read. */
	private static long missing(Consumer<byte[], byte[]> reader, Map<TopicPartition, Long> ends) {
		return ends.entrySet()
			.stream()
			.mapToLong((end) -> Math.max(0, end.getValue() - reader.position(end.getKey())))
			.sum();
	}

	/** Where to go on; empty at the beginning, also if the topic is another one now. */
	private Map<Integer, Long> positions(StepExecution step) throws InterruptedException {
		ExecutionContext context = step.getExecutionContext();
		String id = topicId();
		if (!id.equals(context.getString(ID, ""))) {
			context.putString(ID, id);
			context.remove(POSITIONS);
		}
		Map<Integer, Long> positions = new HashMap<>();
		for (String each : context.getString(POSITIONS, "").split(",")) {
			if (!each.isEmpty()) {
				String[] parts = each.split(":");
				positions.put(Integer.valueOf(parts[0]), Long.valueOf(parts[1]));
			}
		}
		return positions;
	}

	private static String text(Map<Integer, Long> positions) {
		return new TreeMap<>(positions).entrySet()
			.stream()
			.map((each) -> each.getKey() + ":" + each.getValue())
			.collect(Collectors.joining(","));
	}

	private String topicId() throws InterruptedException {
		long begun = System.nanoTime();
		while (true) {
			try {
				Map<String, TopicDescription> known = this.clients.admin()
					.describeTopics(List.of(this.topic))
					.allTopicNames()
					.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
				return Objects.requireNonNull(known.get(this.topic)).topicId().toString();
			}
			catch (ExecutionException | TimeoutException ex) {
				if (!(ex.getCause() instanceof UnknownTopicOrPartitionException)) {
					throw new IllegalStateException(
							"Kafka does not answer. See that it runs, then restart this execution.", ex);
				}
				if (System.nanoTime() - begun > PATIENCE.toNanos()) {
					throw new IllegalStateException(
							"Kafka has no topic %s to rebuild from. The application makes it when Kafka is there: look at its log."
								.formatted(this.topic),
							ex);
				}
			}
			// The application may be making it right now
			Thread.sleep(LOOK.toMillis());
		}
	}

}
