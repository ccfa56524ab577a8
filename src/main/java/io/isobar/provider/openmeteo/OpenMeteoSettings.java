package io.isobar.provider.openmeteo;

import java.net.URI;
import java.time.Period;

import io.isobar.provider.http.Urls;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Positive;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How Open-Meteo is asked. A commercial key is a parameter {@code apikey} of the URLs.
 *
 * @param forecastUrl where current conditions are asked
 * @param archiveUrl where history is asked
 * @param dailyBudget calls that may be made in a day (UTC)
 * @param settlesAfter how long after a day's end its values may still change
 */
@Validated
@ConfigurationProperties("isobar.provider.open-meteo")
record OpenMeteoSettings(@DefaultValue("https://api.open-meteo.com" + FORECAST) URI forecastUrl,
		@DefaultValue("https://archive-api.open-meteo.com" + ARCHIVE) URI archiveUrl,
		@DefaultValue("10000") @Positive(
				message = "isobar.provider.open-meteo.daily-budget is not positive: set how many calls a day may cost, such as 10000.") int dailyBudget,
		@DefaultValue("P5D") Period settlesAfter) {

	static final String FORECAST = "/v1/forecast";

	static final String ARCHIVE = "/v1/archive";

	@AssertTrue(
			message = "isobar.provider.open-meteo.forecast-url and archive-url must be URLs of the web: they begin with https:// and name a host.")
	boolean isEachUrlOfTheWeb() {
		return Urls.isWeb(this.forecastUrl) && Urls.isWeb(this.archiveUrl);
	}

	@AssertTrue(message = "isobar.provider.open-meteo.settles-after is negative: use a period such as P5D.")
	boolean isSettledAfterItsEnd() {
		return !this.settlesAfter.isNegative();
	}

}
