package io.isobar.provider.openmeteo;

import java.time.Clock;

import io.isobar.provider.AnswerFormat;
import io.isobar.provider.Provider;
import io.isobar.provider.Quotas;
import io.isobar.provider.http.Limits;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OpenMeteoSettings.class)
class OpenMeteoConfiguration {

	/** The free service takes one at a time gladly, and bears a few. */
	private static final int CONCURRENT = 2;

	@Bean
	Provider openMeteo(OpenMeteoSettings settings, Quotas quotas, ObjectProvider<Limits> limits,
			ObjectProvider<Clock> clock) {
		return new OpenMeteo(settings, limits.getIfAvailable(() -> Limits.ofConcurrent(CONCURRENT)), quotas,
				clock.getIfAvailable(Clock::systemUTC));
	}

	@Bean
	AnswerFormat openMeteoFormat() {
		return new OpenMeteoFormat();
	}

}
