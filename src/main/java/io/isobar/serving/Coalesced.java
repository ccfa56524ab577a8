package io.isobar.serving;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

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

	/** Two different questions seldom share one. */
	private static final int PLACES = 64;

	private final Function<K, V> question;

	private final List<Place<K, V>> places = Stream.generate(Place<K, V>::new).limit(PLACES).toList();

	Coalesced(Function<K, V> question) {
		this.question = question;
	}

	/** Where one question at a time is under way. */
	private static final class Place<K, V> {

		private final ReentrantLock underWay = new ReentrantLock();

		/** How many were begun. */
		private final AtomicLong begun = new AtomicLong();

		private @Nullable Answer<K, V> answer;

	}

	/**
	 * The last answer.
	 *
	 * @param value null where there was none
	 * @param failure why there was none
	 * @param begun as which it was asked
	 */
	private record Answer<K, V>(K key, @Nullable V value, @Nullable RuntimeException failure, long begun) {

		V get() {
			if (this.failure != null) {
				throw this.failure;
			}
			return Objects.requireNonNull(this.value);
		}

	}

	/** The answer to a question that begins now, or later. */
	V ask(K key) {
		Place<K, V> place = this.places.get(Math.floorMod(key.hashCode(), PLACES));
		long before = place.begun.get();
		place.underWay.lock();
		try {
			Answer<K, V> last = place.answer;
			if (last != null && last.begun() > before && last.key().equals(key)) {
				return last.get();
			}
			Answer<K, V> answer = answer(key, place.begun.incrementAndGet());
			place.answer = answer;
			return answer.get();
		}
		finally {
			place.underWay.unlock();
		}
	}

	private Answer<K, V> answer(K key, long number) {
		try {
			return new Answer<>(key, this.question.apply(key), null, number);
		}
		catch (RuntimeException ex) {
			return new Answer<>(key, null, ex, number);
		}
	}

}
