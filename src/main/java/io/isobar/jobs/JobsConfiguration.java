package io.isobar.jobs;

import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.batch.autoconfigure.BatchTaskExecutor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.task.TaskExecutor;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(JobSettings.class)
class JobsConfiguration {

	/** For jobs alone: not a candidate where anybody else wants an executor. */
	@Bean(defaultCandidate = false)
	@BatchTaskExecutor
	TaskExecutor jobTaskExecutor(JobThreads threads) {
		return threads::execute;
	}

	/** Every job is watched, without its configuration saying so. */
	@Bean
	static BeanPostProcessor jobWatching(ObjectProvider<JobWatch> watch) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessAfterInitialization(Object bean, String name) {
				if (bean instanceof AbstractJob job) {
					job.registerJobExecutionListener(watch.getObject());
				}
				return bean;
			}

		};
	}

	/** Nothing of Spring Batch's own is written for a job that has lost its lease. */
	@Bean
	static BeanPostProcessor repositoryFencing(ObjectProvider<Fence> fence) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessAfterInitialization(Object bean, String name) {
				return (bean instanceof JobRepository repository) ? fence.getObject().around(repository) : bean;
			}

		};
	}

	@Bean
	@Profile("embedded")
	LeaseHolder embedded() {
		return LeaseHolder.embedded();
	}

	@Bean
	@Profile("!embedded")
	LeaseHolder oneOfMany() {
		return LeaseHolder.oneOfMany();
	}

}
