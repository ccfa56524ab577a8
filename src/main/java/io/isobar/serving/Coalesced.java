package io.isobar.serving;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A question that many ask at the same time is asked once for all who wait, and never was
 * begun before one of them asked: so nobody is told of what was before. Thread-safe.
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
	 * @param begun as which it was asked
	 */
	private record Answer<K, V>(K key, V value, long begun) {
	}

	/** The answer to a question that begins now, or later. */
	V ask(K key) {
		Place<K, V> place = this.places.get(Math.floorMod(key.hashCode(), PLACES));
		long before = place.begun.get();
		place.underWay.lock();
		try {
			Answer<K, V> last = place.answer;
			if (last != null && last.begun() > before && last.key().equals(key)) {
				return last.value();
			}
			long number = place.begun.incrementAndGet();
			V value = this.question.apply(key);
			place.answer = new Answer<>(key, value, number);
			return value;
		}
		finally {
			place.underWay.unlock();
		}
	}

}
