package io.isobar.speed;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.Steps;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The job {@code rebuild_speed_views}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnSpeed
class RebuildSpeedViewsJob {

	static final String NAME = "rebuild_speed_views";

	/** Parameter: where the messages are read again from. */
	static final String SOURCE = "source";

	static final String TOPIC = "topic";

	static final String LAKE = "lake";

	@Bean
	JobDescriptor rebuildSpeedViewsDescriptor() {
		return JobDescriptor.of(NAME,
				"Writes the messages of the stream into the stores of the speed layer again, over what is there: nothing is dropped first, and nobody who reads is disturbed.")
			.with(Parameter.choice(SOURCE, TOPIC, LAKE)
				.defaultsTo(TOPIC)
				.help("topic: all messages that Kafka still has. lake: before these, those that the master dataset has kept."));
	}

	/** The newest messages come last: InfluxDB keeps what arrived last. */
	@Bean
	Job rebuildSpeedViews(JobRepository repository, Steps steps, ReplayLake replayLake, ReplayTopic replayTopic,
			ReplayOrders replayOrders) {
		return new JobBuilder(NAME, repository).start(steps.step("replayLake", replayLake))
			.next(steps.step("replayTopic", replayTopic))
			.next(steps.step("replayOrders", replayOrders))
			.build();
	}

}
