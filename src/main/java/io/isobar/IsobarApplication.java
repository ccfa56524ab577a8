package io.isobar;

import java.time.Clock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * A complete Lambda architecture for weather data: batch, speed and serving in one
 * application.
 */
@EnableScheduling
@SpringBootApplication
public class IsobarApplication {

	/** The one clock: now is read once per run and passed on. */
	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

	public static void main(String[] args) {
		SpringApplication.run(IsobarApplication.class, args);
	}

}
