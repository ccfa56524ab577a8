package io.isobar.lake;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether the name node answers, and takes writes. */
@Component
class HdfsHealthIndicator implements HealthIndicator {

	private static final int PATIENCE_SECONDS = 3;

	private final Lake lake;

	/** One question at a time: one that is not answered would hold a thread each. */
	private @Nullable CompletableFuture<Boolean> safeMode;

	HdfsHealthIndicator(Lake lake) {
		this.lake = lake;
	}

	@Override
	public Health health() {
		Health.Builder health = new Health.Builder().withDetail("address", this.lake.uri());
		try {
			if (ask().get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				health.down().withDetail("reason", "It is in safe mode, and takes no writes until it leaves it.");
			}
			else {
				health.up();
			}
		}
		catch (TimeoutException ex) {
			health.down().withDetail("reason", "It has not answered within " + PATIENCE_SECONDS + " s.");
		}
		catch (ExecutionException ex) {
			health.down(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			health.unknown();
		}
		return health.build();
	}

	private synchronized CompletableFuture<Boolean> ask() {
		CompletableFuture<Boolean> asked = this.safeMode;
		if (asked == null || asked.isDone()) {
			asked = new CompletableFuture<>();
			this.safeMode = asked;
			Thread thread = new Thread(answering(asked), "hdfs-health");
			thread.setDaemon(true);
			thread.start();
		}
		return asked;
	}

	private Runnable answering(CompletableFuture<Boolean> asked) {
		return () -> {
			try {
				asked.complete(this.lake.isInSafeMode());
			}
			catch (IOException | RuntimeException ex) {
				asked.completeExceptionally(ex);
			}
		};
	}

}
