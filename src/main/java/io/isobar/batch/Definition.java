package io.isobar.batch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.zone.ZoneRulesProvider;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

import io.isobar.provider.Provider;
import io.isobar.spark.WeatherAnalysis;

import org.springframework.stereotype.Component;

/**
 * All that decides the numbers of a generation beside its readings: formulas, the rule of
 * slots, when answers are settled, when clocks are changed. (The zones of cities do too,
 * each for its own city.)
 */
@Component
class Definition {

	private final String text;

	Definition(List<Provider> providers) {
		String settling = providers.stream()
			.map((provider) -> provider.origin().name() + "=" + provider.terms().settlesAfter())
			.sorted()
			.collect(Collectors.joining(","));
		String clocks = ZoneRulesProvider.getVersions("Europe/Paris").lastKey();
		this.text = hash(String.join(" ", WeatherAnalysis.definition(), settling, clocks));
	}

	/** A hash: a generation that was made with another one is computed anew. */
	String text() {
		return this.text;
	}

	static String hash(String text) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(hash, 0, 8);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
