package io.isobar.batch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Fence;
import io.isobar.jobs.LogContext;
import io.isobar.jobs.StepProgress;
import io.isobar.provider.Provider;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Providers;
import io.isobar.provider.Use;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.parameters.JobParameter;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Asks the provider for the days that are missing or may still change, newest first, and
 * puts what it answers into the master dataset. Several threads ask, so that one is kept
 * while the next is on its way; how many at the same time is up to the provider. A city
 * that fails does not hold back the others, days that the quota does not allow wait, and
 * what is had is noted day by day, so a restart asks only for the rest.
 */
@Component
class Collect implements Tasklet {

	private static final int THREADS = 4;

	/** A quota that is granted anew so soon is waited for: Open-Meteo's of a minute. */
	private static final Duration SOON = Duration.ofMinutes(2);

	private final Questions questions;

	private final Answers answers;

	private final Providers providers;

	private final PinnedReadings pinned;

	private final Fence fence;

	private final StepProgress progress;

	private final ExecutionNotes notes;

	private final JobRepository repository;

	private final AtomicLong waitingDays;

	private final Clock clock;

	Collect(Questions questions, Answers answers, Providers providers, PinnedReadings pinned, Fence fence,
			StepProgress progress, ExecutionNotes notes, JobRepository repository, MeterRegistry meters, Clock clock) {
		this.questions = questions;
		this.answers = answers;
		this.providers = providers;
		this.pinned = pinned;
		this.fence = fence;
		this.progress = progress;
		this.notes = notes;
		this.repository = repository;
		this.waitingDays = meters.gauge("isobar.batch.collect.waiting", new AtomicLong());
		this.clock = clock;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		RunContext run = RunContext.of(chunk);
		StepExecution step = contribution.getStepExecution();
		JobParameters parameters = step.getJobParameters();
		if (!isWanted(parameters)) {
			run.collected("");
			this.pinned.pin(run, step);
			return RepeatStatus.FINISHED;
		}
		Use use = FirstRun.isFirstRun(step.getJobExecution(), this.repository) ? Use.FIRST_HISTORY : Use.HISTORY;
		Asking asking = new Asking(contribution, use);
		// They note from which day on a city is collected
		List<Question> questions = this.fence.writing(step,
				() -> this.questions.of(parameters, use, this.clock.instant()));
		asking.askAll(questions, this.questions.amount(use));
		this.waitingDays.set(asking.waiting.count());
		String waiting = asking.waiting.sentences();
		if (!waiting.isEmpty()) {
			this.notes.note(step, waiting);
		}
		run.collected("%s %s".formatted(asking.failed(), waiting).strip());
		this.pinned.pin(run, step);
		if (!asking.failures.isEmpty()) {
			throw new NotAllCollected(asking.failed());
		}
		return RepeatStatus.FINISHED;
	}

	private static boolean isWanted(JobParameters parameters) {
		JobParameter<?> wanted = parameters.getParameter("collect");
		return wanted == null || Boolean.TRUE.equals(wanted.value());
	}

	/** One run through all questions. */
	private final class Asking {

		private final StepContribution contribution;

		private final Use use;

		private final Queue<Question> open = new ConcurrentLinkedQueue<>();

		/** What is wrong with a city, by its name. */
		private final Map<String, String> failures = new TreeMap<>();

		private final WaitingDays waiting = new WaitingDays();

		private final CountDownLatch stopped = new CountDownLatch(1);

		private final AtomicLong done = new AtomicLong();

		private volatile long asked;

		private volatile @Nullable Refused refused;

		Asking(StepContribution contribution, Use use) {
			this.contribution = contribution;
			this.use = use;
		}

		/**
		 * Asks all questions: at first those that the quota allows, so that of several
		 * threads none asks about old days for what newer days need, then the rest, since
		 * answers may have cost less.
		 */
		void askAll(List<Question> questions, double amount) throws Exception {
			int allowed = 0;
			for (double cost = 0; allowed < questions.size(); allowed++) {
				cost += cost(questions.get(allowed));
				if (cost > amount) {
					break;
				}
			}
			this.asked = questions.size();
			askOf(questions.subList(0, allowed));
			askOf(questions.subList(allowed, questions.size()));
		}

		private void askOf(List<Question> questions) throws Exception {
			this.open.addAll(questions);
			ExecutorService threads = Executors.newFixedThreadPool(THREADS, (work) -> {
				Thread thread = new Thread(work, "collect");
				thread.setDaemon(true);
				return thread;
			});
			try {
				List<CompletableFuture<Void>> workers = new ArrayList<>();
				for (int i = 0; i < THREADS; i++) {
					workers.add(CompletableFuture.runAsync(new LogContext().decorate(this::askOneByOne), threads));
				}
				await(CompletableFuture.allOf(workers.toArray(CompletableFuture[]::new)));
			}
			finally {
				threads.shutdownNow();
			}
		}

		/** Tells how far it is, and whether it is to stop, until all is done. */
		private void await(CompletableFuture<Void> all) throws Exception {
			StepExecution step = this.contribution.getStepExecution();
			while (true) {
				if (Collect.this.progress.stopRequested(step)) {
					// What is under way is kept
					this.stopped.countDown();
				}
				try {
					all.get(1, TimeUnit.SECONDS);
					Collect.this.progress.stopIfRequested(step);
					return;
				}
				catch (TimeoutException ex) {
					Collect.this.progress.at(step, this.done.get(), this.asked);
				}
				catch (ExecutionException ex) {
					throw (ex.getCause() instanceof Exception cause) ? cause : ex;
				}
			}
		}

		private void askOneByOne() {
			try {
				for (Question question = this.open.poll(); question != null; question = this.open.poll()) {
					ask(question);
					this.done.incrementAndGet();
					if (this.stopped.getCount() == 0) {
						return;
					}
				}
			}
			catch (RuntimeException ex) {
				// Not the provider's fault: the others need not go on either
				this.stopped.countDown();
				throw ex;
			}
		}

		private void ask(Question question) {
			String city = question.city().name();
			Provider provider = Collect.this.providers.historian();
			double cost = cost(question);
			if (question.days() == 1 && cost > provider.terms().dailyBudget()) {
				failed(city, String.format(Locale.ROOT,
						"A day costs %.0f %s with %s, more than its daily budget (%d). Raise daily-budget in isobar.provider.",
						cost, provider.terms().unit(), provider.name(), provider.terms().dailyBudget()));
				return;
			}
			while (!hasFailed(city)) {
				Refused before = this.refused;
				if (before != null && before.holds(cost, Collect.this.clock.instant())) {
					this.waiting.add(question, before.until(), before.why());
					return;
				}
				try {
					kept(question, Collect.this.answers.ask(this.contribution.getStepExecution(), question, this.use));
					return;
				}
				catch (ProviderFailed failure) {
					Instant until = failure.until().orElse(null);
					if (failure.reason() != Reason.QUOTA_USED_UP || until == null) {
						failed(city, String.valueOf(failure.getMessage()));
						return;
					}
					if (until.isAfter(Collect.this.clock.instant().plus(SOON))) {
						this.refused = new Refused(cost, until, String.valueOf(failure.getMessage()));
					}
					else if (!awaited(until)) {
						return;
					}
				}
			}
		}

		private double cost(Question question) {
			return Collect.this.providers.historian().costOfHistory(question.from(), question.to());
		}

		/** Waits until then; returns whether it came, before all was to stop. */
		private boolean awaited(Instant until) {
			try {
				for (Instant now = Collect.this.clock.instant(); now
					.isBefore(until); now = Collect.this.clock.instant()) {
					long pause = Math.min(1000, Duration.between(now, until).toMillis() + 1);
					if (this.stopped.await(pause, TimeUnit.MILLISECONDS)) {
						return false;
					}
				}
				return true;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}

		private synchronized void kept(Question question, Answers.Kept kept) {
			StepExecution step = this.contribution.getStepExecution();
			step.setReadCount(step.getReadCount() + kept.read());
			this.contribution.incrementWriteCount(kept.written());
			this.contribution.incrementFilterCount(kept.filtered());
			if (!kept.unanswered().isEmpty()) {
				List<LocalDate> days = kept.unanswered();
				failed(question.city().name(),
						"%s answered, but said nothing about %s. What it said is kept; restart to ask again for the rest."
							.formatted(Collect.this.providers.historian().name(),
									(days.size() == 1) ? days.get(0) : "%d days (%s…%s)".formatted(days.size(),
											days.get(0), days.get(days.size() - 1))));
			}
		}

		private synchronized boolean hasFailed(String city) {
			return this.failures.containsKey(city);
		}

		private synchronized void failed(String city, String sentence) {
			this.failures.putIfAbsent(city, sentence);
		}

		/** What failed, each cause once. */
		private synchronized String failed() {
			Map<String, List<String>> cities = this.failures.entrySet()
				.stream()
				.collect(Collectors.groupingBy(Map.Entry::getValue, TreeMap::new,
						Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
			return cities.entrySet()
				.stream()
				.map((entry) -> "%s: %s".formatted(String.join(", ", entry.getValue()), entry.getKey()))
				.collect(Collectors.joining(" "));
		}

	}

	/**
	 * A question that the quota did not allow; one that costs as much need not be tried.
	 */
	private record Refused(double cost, Instant until, String why) {

		boolean holds(double other, Instant now) {
			return other >= this.cost && now.isBefore(this.until);
		}

	}

}
