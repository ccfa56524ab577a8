package io.isobar.console;

import java.time.ZoneId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.ExecutionsInterrupted;
import io.isobar.jobs.Fence;
import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.JobFailed;
import io.isobar.jobs.NotWorthRetrying;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.StepProgress;
import io.isobar.jobs.Steps;
import org.slf4j.MDC;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.StoppableTasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Jobs that do as they are told: {@code toy}, of which one runs at a time, {@code free},
 * of which many may, and {@code inner}, which people may not launch.
 */
@TestConfiguration
class ToyJobs {

	/** Executions whose step {@code work} may go on. */
	final Set<String> released = ConcurrentHashMap.newKeySet();

	/** Executions whose step {@code work} was told to stop. */
	final Set<String> stopped = ConcurrentHashMap.newKeySet();

	/** Executions whose step {@code work} has done what is done at last. */
	final Set<String> concluded = ConcurrentHashMap.newKeySet();

	/** How often {@code work} was tried, by the parameter {@code key}. */
	final Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();

	/** How often {@code prepare} ran, by the parameter {@code key}. */
	final Map<String, AtomicInteger> prepared = new ConcurrentHashMap<>();

	final Map<String, Map<String, String>> logContexts = new ConcurrentHashMap<>();

	final List<JobFailed> failed = new CopyOnWriteArrayList<>();

	final List<ExecutionsInterrupted> interrupted = new CopyOnWriteArrayList<>();

	@EventListener
	void failed(JobFailed event) {
		this.failed.add(event);
	}

	@EventListener
	void interrupted(ExecutionsInterrupted event) {
		this.interrupted.add(event);
	}

	@Bean
	JobDescriptor toy() {
		return described("toy").publishing().scheduled("0 0 2 * * *", ZoneId.of("Europe/Paris"));
	}

	@Bean
	JobDescriptor free() {
		return described("free");
	}

	@Bean
	JobDescriptor inner() {
		return JobDescriptor.of("inner", "Runs what POST /api/run asks for.")
			.launchedOnlyBy("POST /api/run does that.");
	}

	private static JobDescriptor described(String name) {
		return JobDescriptor.of(name, "Does as it is told.")
			.with(Parameter.text("key"),
					Parameter
						.choice("behave", "succeed", "fail", "failChecked", "failOnce", "refuse", "block", "stoppable",
								"conclude")
						.defaultsTo("succeed"),
					Parameter.date("from"), Parameter.date("to"), Parameter.bool("loud"))
			.range("from", "to");
	}

	@Bean
	Job toyJob(JobRepository repository, Steps steps, StepProgress progress, ExecutionNotes notes, Fence fence) {
		return job("toy", repository, steps, progress, notes, fence);
	}

	@Bean
	Job freeJob(JobRepository repository, Steps steps, StepProgress progress, ExecutionNotes notes, Fence fence) {
		return job("free", repository, steps, progress, notes, fence);
	}

	@Bean
	Job innerJob(JobRepository repository, Steps steps, StepProgress progress, ExecutionNotes notes, Fence fence) {
		return job("inner", repository, steps, progress, notes, fence);
	}

	/**
	 * As if the step {@code work} of an execution had submitted something to a cluster.
	 */
	static long submit(JdbcClient jdbc, long execution, String state) {
		return jdbc.sql("""
				insert into submitted_applications
				(step_execution_id, name, master, application_id, state, submitted_at, log)
				select step_execution_id, 'analyse toys', 'spark://master:7077', 'app-1', :state, now(), E'one\\ntwo\\n'
				from batch_step_execution where job_execution_id = :id and step_name = 'work' returning id
				""").param("id", execution).param("state", state).query(Long.class).single();
	}

	private Job job(String name, JobRepository repository, Steps steps, StepProgress progress, ExecutionNotes notes,
			Fence fence) {
		return new JobBuilder(name, repository).start(steps.step("prepare", (contribution, chunk) -> {
			count(this.prepared, key(chunk));
			contribution.incrementReadCount();
			contribution.incrementWriteCount(3);
			return RepeatStatus.FINISHED;
		}))
			.next(steps.step("work", new Work(progress, notes, fence)))
			.next(steps.step("finish", (contribution, chunk) -> RepeatStatus.FINISHED))
			.build();
	}

	private final class Work implements StoppableTasklet {

		private final StepProgress progress;

		private final ExecutionNotes notes;

		private final Fence fence;

		private Work(StepProgress progress, ExecutionNotes notes, Fence fence) {
			this.progress = progress;
			this.notes = notes;
			this.fence = fence;
		}

		@Override
		public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
			String key = key(chunk);
			ToyJobs.this.logContexts.put(key, Map.copyOf(MDC.getCopyOfContextMap()));
			int tries = count(ToyJobs.this.tries, key);
			StepExecution step = contribution.getStepExecution();
			switch (String.valueOf(step.getJobParameters().getString("behave"))) {
				case "fail" -> throw new IllegalStateException("the toy is broken",
						new IllegalArgumentException("a wheel is off"));
				case "failChecked" -> throw new IOException("the toy shop is closed");
				case "failOnce" -> {
					this.notes.note(step, "the toy creaks");
					if (tries == 1) {
						throw new IllegalStateException("not yet");
					}
				}
				case "refuse" -> {
					if (tries == 1) {
						throw new Unfit();
					}
				}
				case "block" -> {
					this.progress.at(step, 1, 4);
					while (!ToyJobs.this.released.contains(key)) {
						this.progress.stopIfRequested(step);
						Thread.sleep(5);
					}
				}
				case "stoppable" -> {
					while (!ToyJobs.this.stopped.contains(key)) {
						Thread.sleep(5);
					}
				}
				case "conclude" -> {
					this.progress.at(step, 1, 4);
					while (!ToyJobs.this.released.contains(key)) {
						Thread.sleep(5);
					}
					this.fence.concluding(step, () -> ToyJobs.this.concluded.add(key));
				}
				default -> {
				}
			}
			return RepeatStatus.FINISHED;
		}

		@Override
		public void stop() {
			throw new IllegalStateException("it is not said what to stop");
		}

		@Override
		public void stop(StepExecution step) {
			ToyJobs.this.stopped.add(String.valueOf(step.getJobParameters().getString("key")));
		}

	}

	static final class Unfit extends RuntimeException implements NotWorthRetrying {

		Unfit() {
			super("the data break a rule");
		}

	}

	private static String key(ChunkContext chunk) {
		String key = chunk.getStepContext().getStepExecution().getJobParameters().getString("key");
		return (key != null) ? key : "";
	}

	private static int count(Map<String, AtomicInteger> counts, String key) {
		return counts.computeIfAbsent(key, (any) -> new AtomicInteger()).incrementAndGet();
	}

	/** Who may do what is shown elsewhere. */
	@Bean
	@Order(0)
	SecurityFilterChain everybody(HttpSecurity http) {
		return http.securityMatcher("/api/**", "/error")
			.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.csrf(AbstractHttpConfigurer::disable)
			.build();
	}

}
