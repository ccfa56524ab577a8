package io.isobar.provider.visualcrossing;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.Asked;
import io.isobar.provider.CityLookup;
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
 * The Timeline API of Visual Crossing. Costs are records: one for each hour of history.
 */
final class VisualCrossing implements Provider {

	private static final String NAME = "Visual Crossing";

	private static final int HOURS = 24;

	private final VisualCrossingSettings settings;

	private final URI base;

	private final ProviderClient client;

	private final VisualCrossingErrors errors;

	VisualCrossing(VisualCrossingSettings settings, Limits limits, Quotas quotas, Clock clock) {
		this.settings = settings;
		this.base = Urls.base(settings.url(), VisualCrossingSettings.PATH);
		this.client = new ProviderClient(Origin.VISUAL_CROSSING, NAME, Secret.of(settings.key()), limits,
				quotas.of(Origin.VISUAL_CROSSING, NAME, terms()), clock);
		this.errors = new VisualCrossingErrors(clock);
	}

	@Override
	public Origin origin() {
		return Origin.VISUAL_CROSSING;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public Terms terms() {
		return new Terms(this.settings.dailyBudget(), "records", this.settings.settlesAfter());
	}

	@Override
	public boolean isSetUp() {
		return this.settings.hasKey();
	}

	@Override
	public double costOfHistory(LocalDate from, LocalDate to) {
		return HOURS * (ChronoUnit.DAYS.between(from, to) + 1.0);
	}

	@Override
	public double costOfCurrent() {
		return 1;
	}

	@Override
	public History history(City city, LocalDate from, LocalDate to, Instant collected, Use use) {
		Asked asked = new Asked(city, from, to, collected);
		requireKey();
		URI uri = uri(city, "/" + from + "/" + to, "days,hours,obs,remote");
		return this.client.ask(uri, price(use, costOfHistory(from, to)), this.errors::failure,
				(body) -> history(asked, this.client.shown(uri), body), History::cost);
	}

	@Override
	public History reread(City city, LocalDate from, LocalDate to, Instant collected, byte[] raw) {
		Asked asked = new Asked(city, from, to, collected);
		return this.client.read(raw, (body) -> history(asked, "", body));
	}

	/**
	 * Asked without dates: the answer begins with today and costs one record, whatever
	 * its size.
	 */
	@Override
	public CurrentConditions current(City city, Instant collected) {
		requireKey();
		URI uri = uri(city, "", "current,days,hours,obs,remote,fcst");
		return this.client.ask(uri, price(Use.CURRENT, costOfCurrent()), this.errors::failure, (body) -> {
			VisualCrossingAnswer answer = VisualCrossingAnswer.of(body);
			checkPlace(city, answer);
			return answer.current(city, collected, cost(answer, costOfCurrent()));
		}, CurrentConditions::cost);
	}

	/** Records that are returned are charged: an error has none. */
	private static Price price(Use use, double most) {
		return new Price(use, most, 0);
	}

	private void requireKey() {
		if (!isSetUp()) {
			throw this.client.failed(Reason.UNAUTHORIZED,
					"Visual Crossing is not asked without a key. Set VISUAL_CROSSING_API_KEY to the key of your account.",
					null);
		}
	}

	private History history(Asked asked, String url, byte[] body) {
		VisualCrossingAnswer answer = VisualCrossingAnswer.of(body);
		checkPlace(asked.city(), answer);
		List<LocalDate> dates = answer.dates();
		if (!dates.isEmpty() && dates.stream().noneMatch(asked.days()::contains)) {
			throw new AnswerRefused(Reason.WRONG_DAYS,
					"it is about %s to %s, asked were %s to %s. Check isobar.provider.visual-crossing.url."
						.formatted(dates.get(0), dates.get(dates.size() - 1), asked.from(), asked.to()));
		}
		return History.of(asked, origin(), url, body, answer.rows(asked.city(), Channel.HISTORY, asked.collected()),
				new HashSet<>(dates), cost(answer, costOfHistory(asked.from(), asked.to())));
	}

	private static double cost(VisualCrossingAnswer answer, double predicted) {
		Double cost = answer.cost();
		return (cost != null) ? cost : predicted;
	}

	private static void checkPlace(City city, VisualCrossingAnswer answer) {
		Double latitude = answer.latitude();
		Double longitude = answer.longitude();
		if (!city.isLocated() || latitude == null || longitude == null) {
			return;
		}
		double distance = city.distanceTo(latitude, longitude);
		if (distance > CityLookup.NEAR) {
			throw new AnswerRefused(Reason.WRONG_PLACE,
					"it is about %s at %s, %s, which is %.0f km away from %s. Check the city's coordinates in isobar.cities."
						.formatted(answer.resolvedAddress(), latitude, longitude, distance, city.name()));
		}
	}

	private URI uri(City city, String days, String include) {
		Map<String, String> parameters = new LinkedHashMap<>();
		parameters.put("unitGroup", "metric");
		parameters.put("include", include);
		parameters.put("contentType", "json");
		parameters.put("lang", "en");
		parameters.put("key", (this.settings.key() != null) ? this.settings.key().strip() : "");
		return Urls.of(this.base, "/" + location(city) + days, parameters);
	}

	private static String location(City city) {
		Double latitude = city.latitude();
		Double longitude = city.longitude();
		if (latitude != null && longitude != null) {
			return degrees(latitude) + "," + degrees(longitude);
		}
		return Urls.encoded(city.country().isEmpty() ? city.name() : city.name() + "," + city.country());
	}

	private static String degrees(double degrees) {
		return BigDecimal.valueOf(degrees).toPlainString();
	}

}
