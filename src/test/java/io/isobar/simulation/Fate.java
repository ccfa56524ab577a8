package io.isobar.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

import io.isobar.provider.MovableClock;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens in a simulation, from one seed: at every call of a store the
 * process may die or the call may time out, its effect having happened or not, and others
 * may do something first. There is one thread, and the time is the simulation's.
 */
public final class Fate {

	/** A process has died: nothing of it goes on. */
	public static final class Crash extends Error {

		private static final long serialVersionUID = 1L;

		Crash() {
			super("The process has died.", null, false, false);
		}

	}

	/** A call has timed out: whether it had an effect is not known. */
	public static final class TimedOut extends RuntimeException {

		private static final long serialVersionUID = 1L;

		TimedOut(String call) {
			super(call + " has timed out.", null, false, false);
		}

	}

	/** Something that is done on behalf of a process. */
	public static final class Frame {

		private final Process process;

		/** The transaction that it is in. */
		public @Nullable Object transaction;

		Frame(Process process) {
			this.process = process;
		}

	}

	/** A process that can die. */
	public static final class Process {

		private final String name;

		private boolean dead;

		public Process(String name) {
			this.name = name;
		}

		public boolean isDead() {
			return this.dead;
		}

		public void die() {
			this.dead = true;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/** The outside: it never dies. */
	public static final Process WORLD = new Process("world");

	private static final int OF = 10_000;

	private static final int[] CRASHES = { 0, 5, 20, 60 };

	private static final int[] TIME_OUTS = { 0, 50, 200, 1000 };

	private static final int[] OTHERS = { 0, 300, 1000, 2000 };

	/** So much others do at once, at most: a process may stand still for a while. */
	private static final int[] BURSTS = { 1, 1, 4, 12 };

	private final Random random;

	private final MovableClock clock = new MovableClock(Instant.parse("2026-11-21T02:00:00Z"));

	private final @Nullable List<String> trace;

	private final int crashes;

	private final int timeOuts;

	private final int others;

	private final int burst;

	private Frame frame = new Frame(WORLD);

	private boolean calm;

	private int depth;

	private @Nullable Runnable somebodyElse;

	/**
	 * @param traced whether it is kept what happens, which takes longer than what happens
	 */
	public Fate(long seed, boolean traced) {
		this.trace = traced ? new ArrayList<>() : null;
		this.random = new Random(seed * 0x9E3779B97F4A7C15L);
		this.random.nextLong();
		this.crashes = CRASHES[this.random.nextInt(CRASHES.length)];
		this.timeOuts = TIME_OUTS[this.random.nextInt(TIME_OUTS.length)];
		this.others = OTHERS[this.random.nextInt(OTHERS.length)];
		this.burst = BURSTS[this.random.nextInt(BURSTS.length)];
	}

	/** One in which nothing fails, for tests of the stores. */
	public static Fate kind() {
		Fate fate = new Fate(0, false);
		fate.calm();
		return fate;
	}

	/** At calls of stores, others may do this first. */
	public void between(Runnable step) {
		this.somebodyElse = step;
	}

	/** From now on nothing fails. */
	public void calm() {
		this.calm = true;
	}

	public boolean isCalm() {
		return this.calm;
	}

	public MovableClock clock() {
		return this.clock;
	}

	public void pass(Duration duration) {
		this.clock.move(duration);
	}

	public long millis() {
		return this.clock.instant().toEpochMilli();
	}

	public Frame frame() {
		return this.frame;
	}

	/** Whether nobody is in the midst of something. */
	public boolean isQuiet() {
		return this.depth == 0;
	}

	public int below(int bound) {
		return this.random.nextInt(bound);
	}

	/** True once in so many times. */
	public boolean onceIn(int times) {
		return this.random.nextInt(times) == 0;
	}

	public <T> T oneOf(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

	/** What has happened so far, if that is kept. */
	public String trace() {
		return (this.trace != null) ? String.join("\n", this.trace) : "";
	}

	public void note(String what) {
		if (this.trace != null) {
			this.trace.add("  ".repeat(this.depth) + this.frame.process + ": " + what);
		}
	}

	/** As {@link #note(String)}, of what is put together only if it is kept. */
	public void note(Supplier<String> what) {
		if (this.trace != null) {
			note(what.get());
		}
	}

	/** Does something for a process, until it is done or the process has died. */
	public void as(Process process, String what, Runnable work) {
		Frame outer = this.frame;
		this.frame = new Frame(process);
		note(what);
		try {
			work.run();
		}
		catch (Crash ex) {
			note("dies");
		}
		finally {
			this.frame = outer;
		}
	}

	/** A call of a store. */
	public <T> T call(String call, Supplier<T> effect) {
		alive();
		if (this.calm) {
			return effect.get();
		}
		Runnable step = this.somebodyElse;
		if (step != null && this.depth < 2 && this.random.nextInt(OF) < this.others) {
			this.depth++;
			try {
				for (int left = 1 + this.random.nextInt(this.burst); left > 0; left--) {
					step.run();
				}
			}
			finally {
				this.depth--;
			}
			alive();
		}
		int roll = this.random.nextInt(OF);
		if (this.frame.process == WORLD || roll >= this.crashes + this.timeOuts) {
			return effect.get();
		}
		boolean happens = this.random.nextBoolean();
		if (happens) {
			effect.get();
		}
		note(() -> call + ((roll < this.crashes) ? " and dies" : " times out")
				+ (happens ? ", having happened" : ", not having happened"));
		if (roll < this.crashes) {
			this.frame.process.die();
			throw new Crash();
		}
		throw new TimedOut(call);
	}

	/** As {@link #call}, of something that returns nothing. */
	public void run(String call, Runnable effect) {
		call(call, () -> {
			effect.run();
			return true;
		});
	}

	private void alive() {
		if (this.frame.process.isDead()) {
			throw new Crash();
		}
	}

}
