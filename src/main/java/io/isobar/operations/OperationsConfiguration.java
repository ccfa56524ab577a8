package io.isobar.operations;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** What watches over the start. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ PeopleSettings.class, SecuritySettings.class })
class OperationsConfiguration {

	@Bean
	static SettingsCheck settingsCheck(ConfigurableEnvironment environment) {
		return new SettingsCheck(environment);
	}

}
