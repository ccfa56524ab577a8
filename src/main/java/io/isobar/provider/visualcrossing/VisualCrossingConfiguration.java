package io.isobar.provider.visualcrossing;

import java.time.Clock;

import io.isobar.provider.AnswerFormat;
import io.isobar.provider.Provider;
import io.isobar.provider.Quotas;
import io.isobar.provider.http.Limits;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VisualCrossingSettings.class)
class VisualCrossingConfiguration {

	/** Calls at the same time that a free account allows. */
	private static final int CONCURRENT = 1;

	@Bean
	Provider visualCrossing(VisualCrossingSettings settings, Environment environment, Quotas quotas,
			ObjectProvider<Limits> limits, ObjectProvider<Clock> clock) {
		return new VisualCrossing(settings.orKey(environment.getProperty("VISUAL_CROSSING_API_KEY")),
				limits.getIfAvailable(() -> Limits.ofConcurrent(CONCURRENT)), quotas,
				clock.getIfAvailable(Clock::systemUTC));
	}

	@Bean
	AnswerFormat visualCrossingFormat() {
		return new VisualCrossingFormat();
	}

}
