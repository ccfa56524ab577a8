package io.isobar.speed;

import java.time.Duration;
import java.util.List;

import io.isobar.messages.WeatherMessage;

/** A store that takes readings from the stream, at its own pace. */
interface WeatherSink {

	/** Its name, in metrics, group ids and sentences: {@code cassandra}. */
	String name();

	/** How long Kafka may wait for more, so that much is written together. */
	Duration linger();

	/**
	 * How many writes may be under way at the same time. More than one only where their
	 * order does not matter.
	 */
	default int writesAtOnce() {
		return 1;
	}

	/**
	 * Writes messages. Comes back when the store has them for good. What was written
	 * before may be written again, and changes nothing.
	 * @throws RuntimeException if the store does not take them now: they are written
	 * again later
	 */
	void write(List<WeatherMessage> messages);

}
