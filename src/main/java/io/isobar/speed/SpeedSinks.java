package io.isobar.speed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The sinks of the stream: each takes it at its own pace, and holds back no other. They
 * start when Kafka answers, whenever that is.
 */
@Component
@ConditionalOnSpeed
public class SpeedSinks implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(SpeedSinks.class);

	/** So often in a row a client of Kafka may get no answer before another one asks. */
	private static final int PATIENCE = 12;

	/**
	 * How a sink is doing in this instance.
	 *
	 * @param state running, waiting (it goes on by itself) or stopped (a person decides)
	 * @param lag messages that are in Kafka and not in the store; of a sink that stands
	 * still, of the partitions that it had; null while nobody knows where it is
	 * @param partitions those of this instance
	 * @param cause why it does not run
	 * @param since when that began
	 */
	public record Doing(String sink, String topic, String state, @Nullable Long lag, Set<Integer> partitions,
			@Nullable String cause, @Nullable Instant since) {
	}

	private final Topics topics;

	private final Gaps gaps;

	private final KafkaClients kafka;

	private final ListenerSettings settings;

	private final List<SinkRunner> runners = new ArrayList<>();

	private @Nullable ScheduledExecutorService watch;

	private volatile @Nullable String kafkaAway;

	/** How often Kafka has not answered one after the other. */
	private int unanswered;

	SpeedSinks(Topics topics, Gaps gaps, KafkaClients kafka, ListenerSettings settings, StreamedMessages messages,
			List<WeatherSink> stores, List<Sink> others, MeterRegistry meters) {
		this.topics = topics;
		this.gaps = gaps;
		this.kafka = kafka;
		this.settings = settings;
		List<Sink> sinks = new ArrayList<>(others);
		stores.forEach((store) -> sinks
			.add(new StoreSink.OfWeather(store, topics.weather(), settings.concurrency(), messages)));
		sinks.forEach((sink) -> this.runners
			.add(new SinkRunner(sink, new SinkStatus(sink.name(), meters), topics, kafka, gaps)));
	}

	@Override
	public synchronized void start() {
		if (this.watch != null) {
			return;
		}
		ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread made = new Thread(task, "speed-watch");
			made.setDaemon(true);
			return made;
		});
		thread.scheduleWithFixedDelay(this::watchOn, 0, this.settings.watch().toMillis(), TimeUnit.MILLISECONDS);
		this.watch = thread;
	}

	private void watchOn() {
		try {
			watch();
		}
		catch (Throwable ex) {
			// Or the executor never calls again
			logger.error("The watch over the sinks has failed ({}). It goes on.", ex.toString());
			logger.debug("The watch over the sinks has failed", ex);
		}
	}

	private void watch() {
		this.gaps.remember();
		this.runners.forEach((runner) -> runner.status().watch());
		try {
			this.topics.watch();
			this.unanswered = 0;
			if (this.kafkaAway != null) {
				logger.info("Kafka answers again.");
				this.kafkaAway = null;
			}
		}
		catch (RuntimeException ex) {
			if (this.kafkaAway == null && !Thread.currentThread().isInterrupted()) {
				this.kafkaAway = String.valueOf(ex.getMessage());
				logger.warn(
						"The topics of the speed layer can't be looked at ({}). The sinks wait, and go on by themselves.",
						ex.getMessage());
			}
			logger.debug("The topics can't be looked at", ex);
			if (++this.unanswered % PATIENCE == 0) {
				this.kafka.renewAdmin();
			}
			return;
		}
		for (SinkRunner runner : this.runners) {
			try {
				runner.watch();
			}
			catch (RuntimeException ex) {
				runner.status().waitsForConsumers("it can't be started", ex);
			}
		}
		try {
			for (SinkRunner runner : this.runners) {
				runner.status().compare(this.topics.ends(runner.sink().topic()));
			}
		}
		catch (RuntimeException ex) {
			logger.debug("The ends of the topics can't be asked for", ex);
		}
	}

	/** How each sink is doing. */
	public List<Doing> doing() {
		return this.runners.stream().map((runner) -> {
			SinkStatus status = runner.status();
			String cause = status.waiting();
			if (cause == null && status.partitions().isEmpty()) {
				cause = this.kafkaAway;
			}
			String state = (runner.isWaitingForPerson()) ? "stopped" : (cause != null) ? "waiting" : "running";
			return new Doing(status.name(), runner.sink().topic(), state, status.lag(),
					new TreeSet<>(status.partitions()), cause, status.since());
		}).toList();
	}

	/**
	 * A person lets a sink go on without what Kafka no longer has.
	 * @return how many gaps were accepted; empty if there is no such sink
	 */
	public Optional<Integer> acceptGap(String sink, String by) {
		return this.runners.stream().filter((runner) -> runner.sink().name().equals(sink)).findFirst().map((runner) -> {
			int accepted = this.gaps.accept(sink, runner.sink().topic(), by);
			logger.info("{} lets {} go on without what Kafka no longer has ({} partitions).", by, sink, accepted);
			return accepted;
		});
	}

	@Override
	public synchronized void stop() {
		ScheduledExecutorService thread = this.watch;
		this.watch = null;
		if (thread != null) {
			thread.shutdownNow();
			awaitEnd(thread);
			this.runners.parallelStream().forEach(SinkRunner::stop);
		}
	}

	/** Before that it may start a sink. */
	private static void awaitEnd(ScheduledExecutorService thread) {
		try {
			if (!thread.awaitTermination(20, TimeUnit.SECONDS)) {
				logger.warn("The watch over the sinks has not ended within 20 s.");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.watch != null;
	}

}
