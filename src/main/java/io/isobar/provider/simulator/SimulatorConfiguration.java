package io.isobar.provider.simulator;

import io.isobar.provider.Provider;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SimulatorConfiguration {

	@Bean
	Provider simulator() {
		return new Simulator();
	}

}
