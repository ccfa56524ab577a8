package io.isobar.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Reads again and again while something else happens, and keeps what it saw: every
 * answer, each time that it differed from the one before.
 */
final class Reader<T> implements AutoCloseable {

	private final List<T> seen = new ArrayList<>();

	private final CompletableFuture<Void> reading;

	private volatile boolean done;

	Reader(Supplier<T> question) {
		this.reading = CompletableFuture.runAsync(() -> {
			while (!this.done) {
				keep(question.get());
				LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
			}
			keep(question.get());
		});
	}

	private void keep(T answer) {
		if (this.seen.isEmpty() || !this.seen.get(this.seen.size() - 1).equals(answer)) {
			this.seen.add(answer);
		}
	}

	/** All that was seen until now, when reading ends. */
	List<T> seen() {
		close();
		return this.seen;
	}

	@Override
	public void close() {
		this.done = true;
		this.reading.join();
	}

}
