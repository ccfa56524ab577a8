package io.isobar.provider.visualcrossing;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Locale;

import io.isobar.provider.ProviderFailed;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.http.Response;
import io.isobar.weather.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What Visual Crossing means when it does not answer. Its errors are plain text; the text
 * decides before the status does, since one and the same error comes with several.
 */
final class VisualCrossingErrors {

	private final Clock clock;

	VisualCrossingErrors(Clock clock) {
		this.clock = clock;
	}

	/** The failure that a response stands for; null if it is an answer. */
	@Nullable ProviderFailed failure(Response response) {
		boolean object = response.text().stripLeading().startsWith("{");
		if (response.status() == 200 && object && response.isJson()) {
			return null;
		}
		String text = object ? "" : response.text().toLowerCase(Locale.ROOT);
		if (text.contains("cost exceeded") || text.contains("cost limit")) {
			return usedUp(response, text.contains("monthly"));
		}
		if (text.contains("maximum concurrent")) {
			return failed(Reason.BUSY,
					"Visual Crossing answers only so many questions of an account at the same time, and others are being asked. Try again later.",
					response);
		}
		if (response.status() == 401 || response.status() == 403 || text.contains("no account found")
				|| text.contains("no api key") || text.contains("no session")) {
			return failed(Reason.UNAUTHORIZED,
					"Visual Crossing does not accept the key (%d: %s). Set VISUAL_CROSSING_API_KEY to the key of your account, or unset it to use Open-Meteo."
						.formatted(response.status(), response.excerpt()),
					response);
		}
		if (response.status() == 200) {
			return failed(Reason.BAD_ANSWER,
					"Visual Crossing answered with something other than JSON (%s: %s). Check isobar.provider.visual-crossing.url, and that no portal or proxy stands in between."
						.formatted(response.contentType().isEmpty() ? "no content type" : response.contentType(),
								response.excerpt()),
					response);
		}
		if (response.status() == 429) {
			return failed(Reason.BUSY, "Visual Crossing has enough of our questions for now (429: %s). Try again later."
				.formatted(response.excerpt()), response);
		}
		if (response.status() >= 500) {
			return failed(Reason.TROUBLE, "Visual Crossing has trouble of its own (%d: %s). Try again later."
				.formatted(response.status(), response.excerpt()), response);
		}
		if (response.status() == 404) {
			return failed(Reason.REFUSED,
					"Visual Crossing knows no such address (404: %s). Check isobar.provider.visual-crossing.url."
						.formatted(response.excerpt()),
					response);
		}
		return failed(Reason.REFUSED,
				"Visual Crossing does not accept the question (%d: %s). Check the city's name, country and coordinates in isobar.cities, and the days."
					.formatted(response.status(), response.excerpt()),
				response);
	}

	/** Records are granted anew at midnight UTC. */
	private ProviderFailed usedUp(Response response, boolean month) {
		LocalDate today = LocalDate.ofInstant(this.clock.instant(), ZoneOffset.UTC);
		LocalDate next = month ? YearMonth.from(today).plusMonths(1).atDay(1) : today.plusDays(1);
		Instant until = next.atStartOfDay(ZoneOffset.UTC).toInstant();
		return new ProviderFailed(Origin.VISUAL_CROSSING, Reason.QUOTA_USED_UP,
				"The records of the Visual Crossing account are used up (%s). It is asked again from %s on; the days wait until then. A larger plan brings more."
					.formatted(response.excerpt(), until),
				until, response.body());
	}

	private static ProviderFailed failed(Reason reason, String message, Response response) {
		return new ProviderFailed(Origin.VISUAL_CROSSING, reason, message, null, response.body());
	}

}
