package io.isobar.lake;

import java.net.URI;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/** Where the lake's file system is. */
public interface LakeConnectionDetails extends ConnectionDetails {

	/** Address of the file system, such as {@code hdfs://127.0.0.1:8020}; no path. */
	URI uri();

}
