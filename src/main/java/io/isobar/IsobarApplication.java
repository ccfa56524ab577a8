package io.isobar;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * A complete Lambda architecture for weather data: batch, speed and serving in one
 * application.
 */
@SpringBootApplication
public class IsobarApplication {

	public static void main(String[] args) {
		SpringApplication.run(IsobarApplication.class, args);
	}

}
