package io.isobar.provider;

import java.util.List;

import io.isobar.weather.City;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;

/**
 * A provider's answer that lay in a file.
 *
 * @param city whose answer it is
 * @param origin the provider
 * @param readings with channel FILE
 * @param counts what became of the rows
 */
public record JsonFile(City city, Origin origin, List<Reading> readings, Counts counts) {

	public JsonFile {
		readings = List.copyOf(readings);
	}

}
