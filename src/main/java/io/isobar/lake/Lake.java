package io.isobar.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;

import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

import org.apache.hadoop.fs.SafeMode;
import org.apache.hadoop.fs.SafeModeAction;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** The file system of the master dataset, and where things lie on it. */
@Component
public class Lake {

	private final LakeConnectionDetails connection;

	private final LakeSettings settings;

	/** Made once: it takes its time to read Hadoop's defaults. */
	private @Nullable Configuration configuration;

	Lake(LakeConnectionDetails connection, LakeSettings settings) {
		this.connection = connection;
		this.settings = settings;
	}

	/** The table of readings. */
	public Path readings() {
		return path("weather/readings");
	}

	/** The folder of the raw answers. */
	public Path raw() {
		return path("weather/raw");
	}

	/** The folder of the states of the views. */
	public Path analysis() {
		return path("weather/analysis");
	}

	/** The table of orders. */
	public Path orders() {
		return path("orders/orders");
	}

	/** A place below the root, with the file system's address. */
	public Path path(String relative) {
		return new Path(this.connection.uri().resolve(this.settings.root() + "/").resolve(relative));
	}

	public int buckets() {
		return this.settings.buckets();
	}

	/** Address of the file system. */
	public URI uri() {
		return this.connection.uri();
	}

	/** A client of its file system, shared within the process; not to be closed. */
	public FileSystem files() {
		try {
			return FileSystem.get(this.connection.uri(), hadoop());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A path of the lake that was noted when its file system had another address. */
	public static Path here(String path) {
		return new Path(new Path(path).toUri().getPath());
	}

	/**
	 * Whether there is something at a path that was noted, or nobody can say: whoever
	 * reads it says so then.
	 */
	public boolean mayBeThere(String path) {
		try {
			return files().exists(here(path));
		}
		catch (IOException ex) {
			return true;
		}
	}

	Engine engine() {
		return DefaultEngine.create(hadoop());
	}

	/** Whether the name node takes no writes, as it does for a while after its start. */
	public boolean isInSafeMode() throws IOException {
		return files() instanceof SafeMode hdfs && hdfs.setSafeMode(SafeModeAction.GET);
	}

	/**
	 * How a client reaches the lake, as Hadoop's properties: for this application and for
	 * Spark alike.
	 */
	public Map<String, String> client() {
		return Map.of("fs.defaultFS", this.connection.uri().toString(),
				// Else every small file costs 0.4 s and more
				"dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10",
				// A name node that is away is found out within seconds, not minutes
				"ipc.client.connect.timeout", "5000", "ipc.client.connect.max.retries", "3",
				"ipc.client.connect.max.retries.on.timeouts", "1", "ipc.client.rpc-timeout.ms", "15000");
	}

	private synchronized Configuration hadoop() {
		Configuration known = this.configuration;
		if (known == null) {
			known = new Configuration();
			client().forEach(known::set);
			this.configuration = known;
		}
		return known;
	}

}
