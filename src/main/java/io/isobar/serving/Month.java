package io.isobar.serving;

import java.time.YearMonth;

import io.isobar.views.Summary;
import io.isobar.weather.Resolution;

/**
 * A local month of a city, merged from its days as they are served.
 *
 * @param resolution of hours or of whole days: of those that cover more of it
 * @param expectedReadings of the whole month, also of one that has not ended
 * @param batchDays how many days with readings the batch layer answers for
 * @param speedDays how many the speed layer answers for
 */
public record Month(String city, YearMonth month, Resolution resolution, int expectedReadings, int batchDays,
		int speedDays, Summary summary) {

	/** Share of the expected readings, 0…1. */
	public double coverage() {
		return (this.expectedReadings > 0) ? Math.min(1, (double) this.summary.readings() / this.expectedReadings) : 0;
	}

}
