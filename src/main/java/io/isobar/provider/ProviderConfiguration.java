package io.isobar.provider;

import java.util.List;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ProviderSettings.class)
class ProviderConfiguration {

	@Bean
	Providers providers(ProviderSettings settings, List<Provider> all) {
		return new Providers(settings.origins(), all);
	}

	@Bean
	JsonFiles jsonFiles(List<AnswerFormat> formats) {
		return new JsonFiles(formats);
	}

}
