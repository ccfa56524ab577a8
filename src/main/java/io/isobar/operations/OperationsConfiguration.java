package io.isobar.operations;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/** What watches over the start, and tells how runs end. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ PeopleSettings.class, SecuritySettings.class })
class OperationsConfiguration {

	@Bean
	static SettingsCheck settingsCheck(ConfigurableEnvironment environment) {
		return new SettingsCheck(environment);
	}

	@Bean
	RunAnnouncement runAnnouncement(AlertSettings settings, Environment environment) {
		return new RunAnnouncement(() -> AlertConfiguration.address(settings.url(), environment));
	}

}
