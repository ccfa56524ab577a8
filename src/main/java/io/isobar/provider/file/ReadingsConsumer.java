package io.isobar.provider.file;

import java.io.IOException;
import java.util.List;

import io.isobar.weather.City;
import io.isobar.weather.Reading;

/**
 * Takes the readings of a file as they are read. A file that turns out to be broken in
 * its middle is refused after some of them were handed over: whoever stores them does so
 * in one transaction, or such that storing them again changes nothing.
 */
@FunctionalInterface
public interface ReadingsConsumer {

	/** At most {@value FileReadings#BATCH} readings, in the order of the file. */
	void readings(List<Reading> readings) throws IOException;

	/** A city, before the first readings that belong to it. */
	default void city(City city) throws IOException {
	}

}
