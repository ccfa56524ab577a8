package io.isobar.serving;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.isobar.batch.Dataset;
import io.isobar.batch.Generation;
import io.isobar.batch.Generations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Tells of generations when they become current, also where another instance has
 * published them. As long as somebody listens, it asks every second.
 */
@Component
public class GenerationEvents implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(GenerationEvents.class);

	private static final Duration EVERY = Duration.ofSeconds(1);

	private final Generations generations;

	private final List<Consumer<Generation>> listeners = new CopyOnWriteArrayList<>();

	/** What was current when it was asked last. */
	private volatile @Nullable Map<Dataset, Generation> last;

	private @Nullable ScheduledExecutorService thread;

	GenerationEvents(Generations generations) {
		this.generations = generations;
	}

	/**
	 * Tells the listener of what becomes current from now on, one after the other; it
	 * must not wait. What has become so while nobody listened is told too.
	 * @return to be run when it does not listen any more
	 */
	public Runnable listen(Consumer<Generation> listener) {
		this.listeners.add(listener);
		return () -> this.listeners.remove(listener);
	}

	/**
	 * What was current when it was asked last: whoever listens is told of what becomes so
	 * later.
	 */
	public Optional<Generation> last(Dataset dataset) {
		Map<Dataset, Generation> known = this.last;
		return Optional.ofNullable((known != null) ? known.get(dataset) : null);
	}

	private void look() {
		try {
			Map<Dataset, Generation> before = this.last;
			Map<Dataset, Generation> now = new HashMap<>();
			for (Dataset dataset : Dataset.values()) {
				this.generations.current(dataset).ifPresent((current) -> {
					now.put(dataset, current);
					Generation known = (before != null) ? before.get(dataset) : null;
					if (before != null && (known == null || known.number() != current.number())) {
						this.listeners.forEach((listener) -> listener.accept(current));
					}
				});
			}
			this.last = now;
		}
		catch (RuntimeException ex) {
			// PostgreSQL is missed elsewhere, with a sentence
			logger.debug("Which generation is current can't be asked", ex);
		}
	}

	private void lookForListeners() {
		if (!this.listeners.isEmpty() || this.last == null) {
			look();
		}
	}

	@Override
	public synchronized void start() {
		if (this.thread == null) {
			this.thread = Executors.newSingleThreadScheduledExecutor((task) -> {
				Thread made = new Thread(task, "generation-events");
				made.setDaemon(true);
				return made;
			});
			this.thread.scheduleWithFixedDelay(this::lookForListeners, EVERY.toMillis(), EVERY.toMillis(),
					TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public synchronized void stop() {
		if (this.thread != null) {
			this.thread.shutdownNow();
			this.thread = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.thread != null;
	}

}
