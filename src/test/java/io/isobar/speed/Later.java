package io.isobar.speed;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A write that begins when it is told to, or somebody waits for its end. */
final class Later extends FutureTask<Void> {

	Later(Runnable write) {
		super(write, null);
	}

	/** Also of a process that may die of it. */
	void go() {
		run();
		try {
			super.get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Error crash) {
				throw crash;
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public Void get() throws InterruptedException, ExecutionException {
		run();
		return super.get();
	}

}
