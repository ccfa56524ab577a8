package io.isobar.batch;

import java.util.concurrent.CompletableFuture;

import io.isobar.lake.Lake;
import io.isobar.spark.SparkSessions;
import org.apache.spark.sql.classic.SparkSession;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The session of Spark within this process: started when first needed, then kept warm.
 */
@Component
class SparkEngine implements DisposableBean {

	private final SparkSettings settings;

	private final Lake lake;

	private @Nullable SparkSession session;

	SparkEngine(SparkSettings settings, Lake lake) {
		if (!settings.isInProcess()) {
			throw new IllegalArgumentException(
					"isobar.spark.master is %s, but the analyses run within the application. Set local[*]."
						.formatted(settings.master()));
		}
		this.settings = settings;
		this.lake = lake;
	}

	synchronized SparkSession session() {
		SparkSession running = this.session;
		if (running == null || running.sparkContext().isStopped()) {
			running = SparkSessions.inProcess(this.settings.master(), this.lake.client());
			this.session = running;
		}
		return running;
	}

	/** Starts it in the background, for it takes seconds. */
	void warmUp() {
		CompletableFuture.runAsync(this::session);
	}

	@Override
	public synchronized void destroy() {
		if (this.session != null) {
			this.session.stop();
		}
	}

}
