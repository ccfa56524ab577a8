package io.isobar.provider.openmeteo;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.JsonFiles;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.answer.Fields;
import io.isobar.provider.http.Response;
import io.isobar.weather.Origin;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What Open-Meteo means when it does not answer. Its errors are JSON with a reason,
 * whatever the status.
 */
final class OpenMeteoErrors {

	private final Clock clock;

	OpenMeteoErrors(Clock clock) {
		this.clock = clock;
	}

	/** The failure that a response stands for; null if it is an answer. */
	@Nullable ProviderFailed failure(Response response) {
		String reason = reason(response);
		if (response.status() == 200 && reason == null && response.isJson()) {
			return null;
		}
		String text = (reason != null) ? reason.toLowerCase(Locale.ROOT) : "";
		String said = (reason != null) ? reason : response.excerpt();
		if (text.contains("request limit exceeded")) {
			Instant until = until(text);
			return new ProviderFailed(Origin.OPEN_METEO, Reason.QUOTA_USED_UP,
					"The calls that Open-Meteo grants are used up (%s). It is asked again from %s on; the days wait until then."
						.formatted(said, until),
					until, response.body());
		}
		if (text.contains("concurrent")) {
			return failed(Reason.BUSY,
					"Open-Meteo answers only so many questions at the same time (%s). Try again later.".formatted(said),
					response);
		}
		if (text.contains("api key") || response.status() == 401 || response.status() == 403) {
			return failed(Reason.UNAUTHORIZED,
					"Open-Meteo wants another key (%d: %s). Correct apikey in isobar.provider.open-meteo.archive-url and forecast-url, or leave these unset for the free service."
						.formatted(response.status(), said),
					response);
		}
		if (response.status() == 200 && reason == null) {
			return failed(Reason.BAD_ANSWER,
					"Open-Meteo answered with something other than JSON (%s: %s). Check isobar.provider.open-meteo.archive-url and forecast-url, and that no portal or proxy stands in between."
						.formatted(response.contentType(), said),
					response);
		}
		if (response.status() == 429) {
			return failed(Reason.BUSY,
					"Open-Meteo has enough of our questions for now (429: %s). Try again later.".formatted(said),
					response);
		}
		if (response.status() >= 500) {
			return failed(Reason.TROUBLE,
					"Open-Meteo has trouble of its own (%d: %s). Try again later.".formatted(response.status(), said),
					response);
		}
		return failed(Reason.REFUSED,
				"Open-Meteo does not accept the question (%d: %s). Check the city's coordinates in isobar.cities, the days, and the URLs in isobar.provider.open-meteo."
					.formatted(response.status(), said),
				response);
	}

	/** Calls are counted by minutes, hours and days (UTC). */
	private Instant until(String text) {
		Instant now = this.clock.instant();
		if (text.contains("minutely")) {
			return now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
		}
		if (text.contains("hourly")) {
			return now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
		}
		LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
		LocalDate next = text.contains("monthly") ? YearMonth.from(today).plusMonths(1).atDay(1) : today.plusDays(1);
		return next.atStartOfDay(ZoneOffset.UTC).toInstant();
	}

	/** The reason in an error's body; null where it is no error, or no JSON. */
	private static @Nullable String reason(Response response) {
		// An answer is large, an error is not: only what may be one is parsed here
		String head = response.text().substring(0, Math.min(response.text().length(), 4096));
		if (!head.contains("\"error\"")) {
			return null;
		}
		try {
			JsonNode root = JsonFiles.parse(response.body());
			String reason = Fields.text(root, "reason");
			return root.path("error").asBoolean(false) ? ((reason != null) ? reason : "no reason given") : null;
		}
		catch (AnswerRefused failure) {
			return null;
		}
	}

	private static ProviderFailed failed(Reason reason, String message, Response response) {
		return new ProviderFailed(Origin.OPEN_METEO, reason, message, null, response.body());
	}

}
