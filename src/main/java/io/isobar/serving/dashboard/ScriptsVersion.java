package io.isobar.serving.dashboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The version that stands before the scripts in their addresses: a hash of them all.
 * Modules import each other by relative paths, so one alone cannot have a hash in its
 * name; and browsers keep them for a year, so an address must never change its content.
 */
class ScriptsVersion implements EnvironmentPostProcessor {

	private static final int LENGTH = 10;

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		environment.getPropertySources()
			.addLast(new MapPropertySource("scriptsVersion",
					Map.of("spring.web.resources.chain.strategy.fixed.version", hash())));
	}

	private static String hash() {
		try {
			Resource[] scripts = new PathMatchingResourcePatternResolver()
				.getResources("classpath*:/static/js/**/*.js");
			Arrays.sort(scripts, Comparator.comparing((script) -> String.valueOf(script.getFilename())));
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (Resource script : scripts) {
				digest.update(String.valueOf(script.getFilename()).getBytes(StandardCharsets.UTF_8));
				digest.update(script.getContentAsByteArray());
			}
			return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
