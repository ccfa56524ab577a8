package io.isobar.batch;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

import io.isobar.weather.Reading;

/**
 * What the batch layer asks of the speed layer without knowing it: whoever knows both
 * answers. Where there is no speed layer, there is none of these.
 */
public interface SpeedLayer {

	/** The first local day in a zone of which it still has all that has come in. */
	LocalDate oldestDay(ZoneId zone);

	/**
	 * What it has of a city's local days, both included, in the order of time.
	 * @throws RuntimeException with a sentence, if its store does not answer
	 */
	List<Reading> readings(String city, LocalDate from, LocalDate to);

}
