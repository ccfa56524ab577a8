package io.isobar.lake;

import java.time.Instant;

import io.isobar.weather.Reading;

/**
 * A reading that came as a message.
 *
 * @param reading what the message says
 * @param part where it lay
 * @param offset where it lay there
 * @param message the message as it came, so that whatever was made of it can be made
 * again
 */
public record Streamed(Reading reading, StreamPart part, long offset, String message) implements FromTopic {

	@Override
	public Instant appended() {
		return this.reading.collected();
	}

}
