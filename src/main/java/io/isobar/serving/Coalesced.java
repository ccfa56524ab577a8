package io.isobar.serving;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A question that many ask at the same time is asked once for all who wait, and never was
 * begun before one of them asked: so nobody is told of what was before. That there is no
 * answer is told to all of them as well, so that none waits for longer than two who are
 * not answered. Thread-safe.
 *
 * @param <K> what can be asked
 * @param <V> what is answered
 */
final class Coalesced<K, V> {

	private final Function<K, V> question;

	/** The questions that have begun, or are about to as those before them have ended. */
	private final Map<K, Round<V>> underWay = new HashMap<>();

	/** Those that begin when the ones under way have ended. */
	private final Map<K, Round<V>> next = new HashMap<>();

	Coalesced(Function<K, V> question) {
		this.question = question;
	}

	/**
	 * One question, for all who wait for its answer: all are told at once, as handing a
	 * lock from one to the next takes longer than the question.
	 *
	 * @param first who asks, for the others
	 */
	private record Round<V>(Thread first, CompletableFuture<V> answer) {

		static <V> Round<V> begin() {
			return new Round<>(Thread.currentThread(), new CompletableFuture<>());
		}

		boolean isMine() {
			return this.first == Thread.currentThread();
		}

		void awaitEnd() {
			this.answer.handle((value, failure) -> true).join();
		}

		V get() {
			try {
				return this.answer.join();
			}
			catch (CompletionException ex) {
				if (ex.getCause() instanceof Error error) {
					throw error;
				}
				throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
			}
		}

	}

	/** The answer to a question that begins now, or later. */
	V ask(K key) {
		Round<V> before;
		Round<V> round;
		synchronized (this) {
			before = this.underWay.get(key);
			if (before != null && before.isMine()) {
				// Who asks while it asks can't wait for itself
				return this.question.apply(key);
			}
			round = ((before != null) ? this.next : this.underWay).computeIfAbsent(key, (any) -> Round.begin());
		}
		if (round.isMine()) {
			ask(key, round, before);
		}
		return round.get();
	}

	private void ask(K key, Round<V> round, @Nullable Round<V> before) {
		if (before != null) {
			before.awaitEnd();
		}
		try {
			V value = this.question.apply(key);
			makeWay(key);
			round.answer().complete(value);
		}
		catch (RuntimeException | Error ex) {
			makeWay(key);
			round.answer().completeExceptionally(ex);
		}
	}

	/** Before anybody is told: who asks from now on may be told of something newer. */
	private synchronized void makeWay(K key) {
		Round<V> following = this.next.remove(key);
		if (following != null) {
			this.underWay.put(key, following);
		}
		else {
			this.underWay.remove(key);
		}
	}

}
