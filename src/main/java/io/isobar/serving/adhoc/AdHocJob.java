package io.isobar.serving.adhoc;

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

/** The job {@code ad_hoc_analysis}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AdHocSettings.class)
class AdHocJob {

	static final String NAME = "ad_hoc_analysis";

	/** The parameter with the id of the task. */
	static final String TASK = "task";

	static final String ANALYSE = "analyse";

	static final String STORE = "store";

	@Bean
	JobDescriptor adHocDescriptor() {
		return JobDescriptor.of(NAME,
				"Has Spark answer a question that somebody has asked of all history, and keeps the result for a while.")
			.launchedOnlyBy("Ask on the page /analyses, or by POST /api/run.")
			.with(Parameter.text(TASK).asRequired().help("The question, by the id that was given to whoever asked."));
	}

	@Bean
	Job adHocAnalysis(JobRepository repository, Steps steps, AdHocAnalyse analyse, AdHocStore store) {
		return new JobBuilder(NAME, repository).start(step(steps, repository, ANALYSE, analyse))
			.next(step(steps, repository, STORE, store))
			.build();
	}

	/**
	 * A step whose results for the other step are saved before it counts as completed.
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
