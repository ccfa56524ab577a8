package io.isobar.embedded;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class WebPortTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	private final SpringApplication application = new SpringApplication();

	WebPortTests() {
		this.environment.setActiveProfiles("embedded");
		this.application.setWebApplicationType(WebApplicationType.SERVLET);
	}

	@Test
	void aBusyPortMovesToTheNextFreeOneAndIsToldOf() throws IOException {
		try (ServerSocket busy = new ServerSocket(0)) {
			process(busy.getLocalPort());

			assertThat(this.environment.getProperty("server.port", Integer.class)).isGreaterThan(busy.getLocalPort());
			assertThat(WebPort.moved(this.environment)).contains(busy.getLocalPort());
		}
	}

	@Test
	void aFreePortStays() throws IOException {
		int free;
		try (ServerSocket socket = new ServerSocket(0)) {
			free = socket.getLocalPort();
		}
		process(free);

		assertThat(this.environment.getProperty("server.port", Integer.class)).isEqualTo(free);
		assertThat(WebPort.moved(this.environment)).isEmpty();
	}

	@Test
	void anyPortStaysAnyPort() {
		process(0);

		assertThat(this.environment.getProperty("server.port")).isEqualTo("0");
	}

	@Test
	void inAClusterABusyPortIsNotMoved() throws IOException {
		this.environment.setActiveProfiles("cluster");
		try (ServerSocket busy = new ServerSocket(0)) {
			process(busy.getLocalPort());

			assertThat(this.environment.getProperty("server.port", Integer.class)).isEqualTo(busy.getLocalPort());
		}
	}

	private void process(int port) {
		this.environment.getPropertySources()
			.addLast(new MapPropertySource("test", Map.of("server.port", Integer.toString(port))));
		new WebPort().postProcessEnvironment(this.environment, this.application);
	}

}
