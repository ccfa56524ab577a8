package io.isobar.embedded;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;
import org.springframework.core.env.PropertySource;

/**
 * Moves the web server to the next free port where its own is busy: on a laptop another
 * port is better than no start. The port table says so.
 */
class WebPort implements EnvironmentPostProcessor, Ordered {

	private static final String SOURCE = "isobarWebPort";

	private static final String BUSY = "busyWebPort";

	private static final int HIGHEST = 65535;

	/** After the configuration files are read. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (application.getWebApplicationType() == WebApplicationType.NONE
				|| !environment.acceptsProfiles(Profiles.of("embedded"))) {
			return;
		}
		int wanted = environment.getProperty("server.port", Integer.class, 8080);
		if (wanted <= 0) {
			return;
		}
		InetAddress address = environment.getProperty("server.address", InetAddress.class);
		int port = wanted;
		while (port <= HIGHEST && !Ports.isFree(at(address, port))) {
			port++;
		}
		if (port != wanted && port <= HIGHEST) {
			environment.getPropertySources()
				.addFirst(new MapPropertySource(SOURCE, Map.of("server.port", port, BUSY, wanted)));
		}
	}

	private static InetSocketAddress at(@Nullable InetAddress address, int port) {
		return (address != null) ? new InetSocketAddress(address, port) : new InetSocketAddress(port);
	}

	/** The port that was asked for, if it was busy. */
	static Optional<Object> moved(ConfigurableEnvironment environment) {
		PropertySource<?> source = environment.getPropertySources().get(SOURCE);
		return Optional.ofNullable((source != null) ? source.getProperty(BUSY) : null);
	}

}
