package io.isobar.provider;

import java.time.Clock;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;

/** The providers as the application has them. */
final class ProviderContext {

	private ProviderContext() {
	}

	static ApplicationContextRunner at(Clock clock) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ConfigurationPropertiesAutoConfiguration.class))
			.withBean(Clock.class, () -> clock)
			.withBean(Quotas.class, () -> new PlainQuotas(clock))
			.withUserConfiguration(Module.class);
	}

	@Configuration(proxyBeanMethods = false)
	@ComponentScan(basePackages = "io.isobar.provider",
			excludeFilters = @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE,
					classes = { Cities.class, QuotaLedger.class }))
	static class Module {

	}

}
