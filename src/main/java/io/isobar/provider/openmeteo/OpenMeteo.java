package io.isobar.provider.openmeteo;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.Asked;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.History;
import io.isobar.provider.Provider;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Quotas;
import io.isobar.provider.Terms;
import io.isobar.provider.Use;
import io.isobar.provider.http.Limits;
import io.isobar.provider.http.Price;
import io.isobar.provider.http.ProviderClient;
import io.isobar.provider.http.Secret;
import io.isobar.provider.http.Urls;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Origin;

/**
 * Open-Meteo: history from its archive, current conditions from its forecast. Everything
 * is asked in UTC, because its local times have one fixed offset and days of 24 hours.
 * Costs are calls, weighed by variables and days.
 */
final class OpenMeteo implements Provider {

	private static final String NAME = "Open-Meteo";

	/** How far the centre of a grid cell may be away from the city, in km. */
	private static final double NEAR = 50;

	/** The days before and after today (UTC) that hold the last hour and tomorrow. */
	private static final int PAST_DAYS = 1;

	private static final int FORECAST_DAYS = 3;

	private final OpenMeteoSettings settings;

	private final URI archive;

	private final URI forecast;

	private final ProviderClient client;

	private final OpenMeteoErrors errors;

	OpenMeteo(OpenMeteoSettings settings, Limits limits, Quotas quotas, Clock clock) {
		this.settings = settings;
		this.archive = Urls.base(settings.archiveUrl(), OpenMeteoSettings.ARCHIVE);
		this.forecast = Urls.base(settings.forecastUrl(), OpenMeteoSettings.FORECAST);
		this.client = new ProviderClient(Origin.OPEN_METEO, NAME, Secret.of(null), limits,
				quotas.of(Origin.OPEN_METEO, NAME, terms()), clock);
		this.errors = new OpenMeteoErrors(clock);
	}

	@Override
	public Origin origin() {
		return Origin.OPEN_METEO;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public Terms terms() {
		return new Terms(this.settings.dailyBudget(), "calls", this.settings.settlesAfter());
	}

	/** A local day touches up to two days of UTC. */
	@Override
	public double costOfHistory(LocalDate from, LocalDate to) {
		return weight(Variable.ARCHIVE.size() + 1, ChronoUnit.DAYS.between(from, to) + 2);
	}

	@Override
	public double costOfCurrent() {
		return weight(Variable.CURRENT.size() + Variable.FORECAST.size() + 2, PAST_DAYS + FORECAST_DAYS);
	}

	@Override
	public History history(City city, LocalDate from, LocalDate to, Instant collected, Use use) {
		Asked asked = new Asked(city, from, to, collected);
		Map<String, String> parameters = place(city);
		parameters.put("start_date", utc(asked.start()).toString());
		// The sum of the last hour is labelled with the end of the last day
		parameters.put("end_date", utc(asked.end()).toString());
		parameters.put("hourly", Variable.names(Variable.ARCHIVE));
		URI uri = Urls.of(this.archive, "", parameters);
		return this.client.ask(uri, price(use, costOfHistory(from, to)), this.errors::failure,
				(body) -> history(asked, this.client.shown(uri), body), History::cost);
	}

	@Override
	public History reread(City city, LocalDate from, LocalDate to, Instant collected, byte[] raw) {
		Asked asked = new Asked(city, from, to, collected);
		return this.client.read(raw, (body) -> history(asked, "", body));
	}

	@Override
	public CurrentConditions current(City city, Instant collected) {
		Map<String, String> parameters = place(city);
		parameters.put("current", Variable.names(Variable.CURRENT));
		parameters.put("hourly", Variable.names(Variable.FORECAST));
		parameters.put("past_days", String.valueOf(PAST_DAYS));
		parameters.put("forecast_days", String.valueOf(FORECAST_DAYS));
		URI uri = Urls.of(this.forecast, "", parameters);
		return this.client.ask(uri, price(Use.CURRENT, costOfCurrent()), this.errors::failure, (body) -> {
			OpenMeteoAnswer answer = OpenMeteoAnswer.of(body);
			checkPlace(city, answer);
			return answer.current(city, collected, costOfCurrent());
		}, CurrentConditions::cost);
	}

	/** A question that is refused is a call. */
	private static Price price(Use use, double most) {
		return new Price(use, most, 1);
	}

	/** What a call counts as. */
	static double weight(int variables, long days) {
		double byVariables = variables / 10.0;
		return Math.max(1, Math.max(byVariables, byVariables * days / 14));
	}

	private History history(Asked asked, String url, byte[] body) {
		OpenMeteoAnswer answer = OpenMeteoAnswer.of(body);
		checkPlace(asked.city(), answer);
		Instant first = answer.first();
		Instant last = answer.last();
		if (first != null && last != null && (last.isBefore(asked.start()) || first.isAfter(asked.end()))) {
			throw new AnswerRefused(Reason.WRONG_DAYS,
					"it is about %s to %s, asked were %s to %s. Check isobar.provider.open-meteo.archive-url."
						.formatted(first, last, asked.from(), asked.to()));
		}
		long days = ChronoUnit.DAYS.between(utc(asked.start()), utc(asked.end())) + 1;
		return History.of(asked, origin(), url, body,
				answer.rows(asked.city(), Channel.HISTORY, asked.collected(), asked.start(), asked.end()),
				answer.dates(asked.city().zone()), weight(Variable.ARCHIVE.size() + 1, days));
	}

	private static LocalDate utc(Instant instant) {
		return LocalDate.ofInstant(instant, ZoneOffset.UTC);
	}

	private static void checkPlace(City city, OpenMeteoAnswer answer) {
		Double latitude = answer.latitude();
		Double longitude = answer.longitude();
		if (latitude == null || longitude == null) {
			return;
		}
		double distance = city.distanceTo(latitude, longitude);
		if (distance > NEAR) {
			throw new AnswerRefused(Reason.WRONG_PLACE,
					"it is about %s, %s, which is %.0f km away from %s. Check the city's coordinates in isobar.cities."
						.formatted(latitude, longitude, distance, city.name()));
		}
	}

	/**
	 * Units are asked for although they are the usual ones, and checked in the answer.
	 */
	private Map<String, String> place(City city) {
		Double latitude = city.latitude();
		Double longitude = city.longitude();
		if (latitude == null || longitude == null) {
			throw this.client.failed(Reason.NOT_LOCATED,
					"Open-Meteo knows places by coordinates alone. Set latitude and longitude of %s in isobar.cities."
						.formatted(city.name()),
					null);
		}
		Map<String, String> parameters = new LinkedHashMap<>();
		parameters.put("latitude", BigDecimal.valueOf(latitude).toPlainString());
		parameters.put("longitude", BigDecimal.valueOf(longitude).toPlainString());
		for (List<String> choice : List.of(List.of("timezone", "GMT"), List.of("timeformat", "iso8601"),
				List.of("temperature_unit", "celsius"), List.of("wind_speed_unit", "kmh"),
				List.of("precipitation_unit", "mm"))) {
			parameters.put(choice.get(0), choice.get(1));
		}
		return parameters;
	}

}
