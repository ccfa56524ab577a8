package io.isobar.lake;

import java.time.Instant;

/** Something that came as a message, and goes into a table with positions. */
public interface FromTopic {

	/** Where it lay. */
	StreamPart part();

	/** Where it lay there. */
	long offset();

	/** When Kafka has appended it. */
	Instant appended();

}
