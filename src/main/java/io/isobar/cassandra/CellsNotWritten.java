package io.isobar.cassandra;

import org.jspecify.annotations.Nullable;

/**
 * Cassandra did not take what was to be written, or did not say so in time. Some of it
 * may be there; to write all of it again changes nothing of that.
 */
public final class CellsNotWritten extends RuntimeException {

	CellsNotWritten(@Nullable Throwable cause) {
		super("Cassandra has not taken all readings" + ((cause != null) ? ": " + cause.getMessage() : "."), cause);
	}

}
