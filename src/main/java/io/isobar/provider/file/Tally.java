package io.isobar.provider.file;

import java.util.List;

import io.isobar.weather.City;

/**
 * What became of the rows of a file.
 *
 * @param rows rows that were there
 * @param readings readings handed over; a wide table gives several for each row
 * @param filtered what is no reading: rows without any value, and those observed after
 * the import (forecasts); of a wide table counted for each city
 * @param rejected rows without time or city, and rows that cannot be read
 * @param flagged values kept out of their reading because they are physically impossible
 * @param rejections the first {@value #KEPT} rejected rows, a sentence each, as in
 * {@code line 17: it has no time.}
 * @param cities the cities that the file speaks of, in the order of their appearance
 */
public record Tally(long rows, long readings, long filtered, long rejected, long flagged, List<String> rejections,
		List<City> cities) {

	/** How many rejections are kept. */
	public static final int KEPT = 100;

	public Tally {
		rejections = List.copyOf(rejections);
		cities = List.copyOf(cities);
	}

}
