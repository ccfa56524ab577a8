package io.isobar.batch;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.Steps;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The job {@code orders_batch}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OrderSettings.class)
class OrdersBatchJob {

	static final String NAME = "orders_batch";

	@Bean
	JobDescriptor ordersBatchDescriptor(BatchSettings settings) {
		return JobDescriptor.of(NAME,
				"Has Spark count the orders that the lake holds, of the orders file, of imports and of the stream, and publishes a new generation of their totals.")
			.publishing()
			.scheduled(settings.schedule(), settings.zoneOrSystem())
			.with(Parameter.choice("recompute", Analyse.INCREMENTAL, Analyse.FULL)
				.defaultsTo(Analyse.INCREMENTAL)
				.help("full: count all orders anew, not only those that came since the current generation."));
	}

	@Bean
	Job ordersBatch(JobRepository repository, Steps steps, CheckOrders check, OrdersHistory history, OrdersFold fold,
			OrdersValidate validate, OrdersExport export, OrdersPublish publish) {
		return new JobBuilder(NAME, repository).start(step(steps, repository, "checkLake", check))
			.next(step(steps, repository, "history", history))
			.next(new Repeatable(step(steps, repository, "fold", fold),
					(execution) -> fold.isToBeDoneAgain(OrdersRun.of(execution.getExecutionContext()))))
			.next(new Repeatable(step(steps, repository, "validate", validate), (execution) -> true))
			.next(step(steps, repository, "export", export))
			.next(step(steps, repository, "publish", publish))
			.build();
	}

	/**
	 * A step whose results for the other steps are saved before it counts as completed.
	 */
	private static Step step(Steps steps, JobRepository repository, String name, Tasklet work) {
		return steps.step(name, (contribution, chunk) -> {
			JobExecution execution = contribution.getStepExecution().getJobExecution();
			try {
				return work.execute(contribution, chunk);
			}
			finally {
				repository.updateExecutionContext(execution);
			}
		});
	}

}
