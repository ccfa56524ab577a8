package io.isobar.speed;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/** Where InfluxDB is. */
public interface InfluxConnectionDetails extends ConnectionDetails {

	/** Its address, such as {@code http://127.0.0.1:8086}. */
	URI url();

	/** The token to write and read with; null where none is asked for. */
	default @Nullable String token() {
		return null;
	}

}
