package io.isobar.speed;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.Steps;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The job {@code stream_speed_views}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnSpeed
@EnableConfigurationProperties(StreamingSettings.class)
class StreamSpeedViewsJob {

	static final String NAME = "stream_speed_views";

	/** Parameter: whether it ends with what Kafka has by now. */
	static final String ONCE = "once";

	/** Parameter: whether to go on without what Kafka no longer has. */
	static final String ACCEPT_GAP = "accept-gap";

	/** Two at a time would write the same twice: no harm, but of no use. */
	@Bean
	JobDescriptor streamSpeedViewsDescriptor() {
		return JobDescriptor.of(NAME,
				"Has Spark stream the readings from Kafka into Cassandra, as the listeners do, until it is stopped; a later launch goes on where it was.")
			.publishing()
			.with(Parameter.bool(ONCE)
				.defaultsTo("false")
				.help("true: it ends by itself when it has written what Kafka has by now."),
					Parameter.bool(ACCEPT_GAP)
						.defaultsTo("false")
						.help("true: it goes on where Kafka no longer has what comes next."));
	}

	@Bean
	Job streamSpeedViews(JobRepository repository, Steps steps, SpeedViewsStream stream) {
		return new JobBuilder(NAME, repository).start(steps.step("streamSpeedViews", stream)).build();
	}

}
