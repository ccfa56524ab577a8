package io.isobar.provider.visualcrossing;

import java.net.URI;
import java.time.Period;

import io.isobar.provider.http.Urls;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How Visual Crossing is asked.
 *
 * @param key of the account; without one it is not asked. Also as VISUAL_CROSSING_API_KEY
 * @param url of the Timeline API
 * @param dailyBudget records that may be asked for in a day (UTC)
 * @param settlesAfter how long after a day's end its values may still change
 */
@Validated
@ConfigurationProperties("isobar.provider.visual-crossing")
record VisualCrossingSettings(@Nullable String key, @DefaultValue(VENDOR) URI url, @DefaultValue("1000") @Positive(
		message = "isobar.provider.visual-crossing.daily-budget is not positive: set how many records a day may cost, such as 1000.") int dailyBudget,
		@DefaultValue("P2D") Period settlesAfter) {

	static final String PATH = "/VisualCrossingWebServices/rest/services/timeline";

	static final String VENDOR = "https://weather.visualcrossing.com" + PATH;

	@AssertTrue(
			message = "isobar.provider.visual-crossing.url is no URL of the web: it begins with https:// and names a host.")
	boolean isUrlOfTheWeb() {
		return Urls.isWeb(this.url);
	}

	@AssertTrue(message = "isobar.provider.visual-crossing.settles-after is negative: use a period such as P2D.")
	boolean isSettledAfterItsEnd() {
		return !this.settlesAfter.isNegative();
	}

	@AssertTrue(message = "isobar.provider.visual-crossing.key has white space in it: copy the key alone.")
	boolean isKeyInOnePiece() {
		return this.key == null || this.key.strip().chars().noneMatch(Character::isWhitespace);
	}

	/** The same settings with that key where none is set. */
	VisualCrossingSettings orKey(@Nullable String other) {
		return hasKey() ? this : new VisualCrossingSettings(other, this.url, this.dailyBudget, this.settlesAfter);
	}

	boolean hasKey() {
		return this.key != null && !this.key.isBlank();
	}

	/** Without the key. */
	@Override
	public String toString() {
		return "VisualCrossingSettings[key=%s, url=%s, dailyBudget=%d, settlesAfter=%s]"
			.formatted(hasKey() ? "***" : "none", this.url, this.dailyBudget, this.settlesAfter);
	}

}
