package io.isobar.speed;

import java.time.Duration;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Whether the stores of the speed layer answer, within seconds. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnSpeed
class StoresHealth {

	private static final Duration PATIENCE = Duration.ofSeconds(3);

	@Bean
	HealthIndicator kafkaHealthIndicator(KafkaClients kafka) {
		return new Asked(() -> "cluster " + KafkaClients.await(kafka.admin().describeCluster().clusterId()));
	}

	@Bean
	HealthIndicator cassandraHealthIndicator(CassandraStore cassandra) {
		return new Asked(() -> "version " + cassandra.version(PATIENCE));
	}

	@Bean
	HealthIndicator influxdbHealthIndicator(InfluxStore influx) {
		return new Asked(() -> influx.ping(PATIENCE));
	}

	/** What a store says of itself. */
	private interface Question {

		String answer() throws Exception;

	}

	/**
	 * Quiet in the log, which has one line of a store that is away: where it is missed.
	 */
	private record Asked(Question question) implements HealthIndicator {

		@Override
		public Health health() {
			try {
				return Health.up().withDetail("answer", this.question.answer()).build();
			}
			catch (Exception ex) {
				return Health.down(ex).build();
			}
		}

	}

}
