package io.isobar.serving.api;

import java.util.stream.Collectors;

import io.isobar.provider.Cities;
import io.isobar.weather.Metric;
import io.isobar.web.Problems;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** What parameters of the address name: the same sentences everywhere. */
@Component
class Asked {

	private static final int MOST_NAMED = 20;

	private final Cities cities;

	Asked(Cities cities) {
		this.cities = cities;
	}

	/** The city of that name; null stays null. */
	@Nullable String cityOrAll(@Nullable String name) {
		return (name != null) ? city(name) : null;
	}

	/** The city of that name; 404 where there is none. */
	String city(String name) {
		if (!this.cities.isKnown(name)) {
			throw unknown(name);
		}
		return name;
	}

	/** 404, as there is no city of that name. */
	ErrorResponseException unknown(String city) {
		return Problems.notFound("city: there is no city %s. Known are %s; names are case-sensitive."
			.formatted(Problems.echo(city), known()));
	}

	/** The metric of that name; 400 where there is none. */
	static Metric metric(String name) {
		return Metric.ofField(name)
			.orElseThrow(() -> Problems.badParameter("metric", "there is no metric %s. Possible: %s.".formatted(
					Problems.echo(name), Metric.ALL.stream().map(Metric::field).collect(Collectors.joining(", ")))));
	}

	private String known() {
		String names = this.cities.all()
			.stream()
			.map((city) -> city.name())
			.limit(MOST_NAMED)
			.collect(Collectors.joining(", "));
		return (this.cities.all().size() > MOST_NAMED) ? names + " and others (/api/cities)" : names;
	}

}
