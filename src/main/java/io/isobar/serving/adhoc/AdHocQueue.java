package io.isobar.serving.adhoc;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Failure;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Launches;
import io.isobar.lake.Lake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sees to it that what was asked is analysed, in order and not too much at a time, and
 * that nothing stays behind: looks at what there is again and again, on every instance,
 * so that nothing depends on having heard of something.
 */
@Component
class AdHocQueue implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(AdHocQueue.class);

	private static final Duration EVERY = Duration.ofSeconds(1);

	private static final Duration TIDY_EVERY = Duration.ofMinutes(5);

	/** From the claim to the launch nobody takes so long. */
	private static final Duration LONG_AGO = Duration.ofMinutes(2);

	/** An application that is stopped says so of its executions within that time. */
	private static final Duration STOPPED_BY_SOMEBODY = Duration.ofSeconds(30);

	/** What is fetched when a result expires is fetched to its end. */
	static final Duration GRACE = Duration.ofHours(1);

	/** How long it is known that there was a result. */
	private static final Duration KNOWN = Duration.ofDays(365);

	/** A task that ends its process so often is not tried again. */
	private static final int MOST_ATTEMPTS = 3;

	private final AdHocTasks tasks;

	private final Launches launches;

	private final Executions executions;

	private final Lake lake;

	private final AdHocSettings settings;

	private final Clock clock;

	private @Nullable ScheduledExecutorService thread;

	private @Nullable Instant tidied;

	AdHocQueue(AdHocTasks tasks, Launches launches, Executions executions, Lake lake, AdHocSettings settings,
			Clock clock) {
		this.tasks = tasks;
		this.launches = launches;
		this.executions = executions;
		this.lake = lake;
		this.settings = settings;
		this.clock = clock;
	}

	/** Looks at once, without waiting for it. */
	synchronized void lookSoon() {
		if (this.thread != null) {
			this.thread.execute(this::lookQuietly);
		}
	}

	private void lookQuietly() {
		try {
			look();
			Instant now = this.clock.instant();
			if (this.tidied == null || !now.isBefore(this.tidied.plus(TIDY_EVERY))) {
				this.tidied = now;
				tidy();
			}
		}
		catch (RuntimeException ex) {
			// PostgreSQL is missed elsewhere, with a sentence
			logger.debug("The queue of ad hoc analyses can't be looked at", ex);
		}
	}

	/** Brings to an end what has ended, and begins what can begin. */
	void look() {
		List<AdHocTask> open = this.tasks.open();
		if (open.isEmpty()) {
			return;
		}
		this.tasks.claimedButNotLaunched(LONG_AGO).forEach((id) -> this.tasks.requeue(id, null));
		open.stream().filter((task) -> task.status() == AdHocTask.Status.RUNNING).forEach(this::follow);
		Optional<AdHocTask> claimed = this.tasks.claim(this.settings.concurrent());
		while (claimed.isPresent() && launch(claimed.get())) {
			claimed = this.tasks.claim(this.settings.concurrent());
		}
	}

	/** What has become of the execution of a task that is not marked as ended. */
	private void follow(AdHocTask task) {
		Long executionId = task.executionId();
		if (executionId == null) {
			return;
		}
		Execution execution = newest(executionId);
		if (execution == null) {
			this.tasks.fail(task.id(), "Its execution was deleted in the batch console. Ask again.");
			return;
		}
		if (execution.isRunning()) {
			return;
		}
		if (execution.isInterrupted() && execution.restartable() && execution.attempt() < MOST_ATTEMPTS) {
			this.tasks.requeue(task.id(), execution.executionId());
			return;
		}
		switch (execution.status()) {
			case FAILED -> this.tasks.fail(task.id(), reason(execution));
			case STOPPED -> {
				Instant ended = execution.endedAt();
				if (ended == null || ended.plus(STOPPED_BY_SOMEBODY).isBefore(this.clock.instant())) {
					this.tasks.fail(task.id(), "Somebody has stopped its execution in the batch console. Ask again.");
				}
			}
			// The task is marked before its execution ends
			case COMPLETED -> this.tasks.fail(task.id(), "It ended without a result. Ask again.");
			default ->
				this.tasks.fail(task.id(), "Its execution ended as %s. Ask again.".formatted(execution.status()));
		}
	}

	/** Somebody may have restarted it in the console. */
	private @Nullable Execution newest(long executionId) {
		Optional<Execution> found = this.executions.find(executionId);
		Long newer = found.map(Execution::newerAttempt).orElse(null);
		return ((newer != null) ? this.executions.find(newer) : found).orElse(null);
	}

	private String reason(Execution execution) {
		List<String> reasons = new ArrayList<>();
		this.executions.failures(execution).stream().findFirst().ifPresent((Failure failure) -> {
			reasons.add(ended(failure.message()));
			String cause = failure.cause();
			if (cause != null && !failure.message().contains(cause.lines().findFirst().orElse(""))) {
				reasons.add("Because: " + ended(cause));
			}
		});
		return reasons.isEmpty() ? "It failed, and said nothing of why." : String.join(" ", reasons);
	}

	/** What follows the first line is for the log, as the stack that HDFS sends along. */
	private static String ended(String message) {
		String sentence = message.lines().findFirst().orElse("").strip();
		return sentence.endsWith(".") ? sentence : sentence + ".";
	}

	/**
	 * Launches what was claimed.
	 * @return false if that is not possible now: it waits on
	 */
	private boolean launch(AdHocTask task) {
		try {
			Execution execution = launched(task);
			this.tasks.launched(task.id(), execution.executionId());
			return true;
		}
		catch (RuntimeException ex) {
			logger.info("Ad hoc analysis {} waits: {}", task.id(), ex.getMessage());
			this.tasks.requeue(task.id(), task.restartOf());
			return false;
		}
	}

	private Execution launched(AdHocTask task) {
		Long interrupted = task.restartOf();
		if (interrupted != null) {
			try {
				return this.launches.restart(interrupted, task.owner());
			}
			catch (JobRefusal.NotLegal | JobRefusal.UnknownExecution ex) {
				logger.debug("Execution {} can't go on, so a new one begins", interrupted, ex);
			}
		}
		return this.launches.launchInternally(AdHocJob.NAME, Map.of(AdHocJob.TASK, task.id().toString()), task.owner());
	}

	/** Removes what is no longer kept. */
	void tidy() {
		Instant now = this.clock.instant();
		this.tasks.endedBefore(now.minus(this.settings.keep()).minus(GRACE)).forEach(this.tasks::remove);
		this.tasks.forgetRemovedBefore(now.minus(KNOWN));
		try {
			removeLeftFolders();
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("What analyses have left on the lake can't be removed now", ex);
		}
	}

	/** Of tasks that were cancelled, or failed. */
	private void removeLeftFolders() throws IOException {
		FileSystem files = this.lake.files();
		Path results = AdHocAnalyse.results(this.lake);
		if (!files.exists(results)) {
			return;
		}
		FileStatus[] folders = files.listStatus(results);
		// Asked after the folders: what has begun since has none of them
		Set<String> open = this.tasks.open().stream().map((task) -> task.id().toString()).collect(Collectors.toSet());
		Set<String> running = new HashSet<>();
		this.executions.running(AdHocJob.NAME)
			.forEach((execution) -> running.add(String.valueOf(execution.parameters().get(AdHocJob.TASK))));
		for (FileStatus folder : folders) {
			String id = folder.getPath().getName();
			if (!open.contains(id) && !running.contains(id)) {
				files.delete(folder.getPath(), true);
			}
		}
	}

	/** Whether a task had a result that is no longer to be had. */
	boolean isExpired(AdHocTask task) {
		Instant expiry = expiry(task);
		return expiry != null && (task.removed() || expiry.isBefore(this.clock.instant()));
	}

	/** When its result expires; null where there is none, or none yet. */
	@Nullable Instant expiry(AdHocTask task) {
		Instant ended = task.endedAt();
		return (task.isComplete() && ended != null) ? ended.plus(this.settings.keep()) : null;
	}

	@Override
	public synchronized void start() {
		if (this.thread == null) {
			this.thread = Executors.newSingleThreadScheduledExecutor((work) -> {
				Thread made = new Thread(work, "ad-hoc-queue");
				made.setDaemon(true);
				return made;
			});
			this.thread.scheduleWithFixedDelay(this::lookQuietly, EVERY.toMillis(), EVERY.toMillis(),
					TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public synchronized void stop() {
		if (this.thread != null) {
			this.thread.shutdown();
			try {
				// What it launches at this very moment is stopped after it
				this.thread.awaitTermination(5, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			this.thread = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.thread != null;
	}

}
