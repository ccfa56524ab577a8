package io.isobar.lake;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.delta.kernel.exceptions.ConcurrentWriteException;

/**
 * Brings messages into a table together with the positions behind them, in one commit.
 * What the table holds already is left out, whatever the borders of its batches were:
 * where it is, the snapshot says that the commit goes out from, and another commit that
 * has moved the same positions meanwhile makes this one fail.
 *
 * @param <S> a version of the table
 * @param <M> a message
 */
final class StreamedAppend<S, M extends FromTopic> {

	/** A table that has positions. */
	interface Table<S, M> {

		/** The newest version. */
		S snapshot();

		/** The offset of the next message, of each of these that has one. */
		Map<StreamPart, Long> positions(S snapshot, Collection<StreamPart> parts);

		/**
		 * Commits messages and positions on top of a version.
		 * @throws ConcurrentWriteException if another commit has changed one of these
		 * positions since
		 * @throws RuntimeException if it is not known whether it is in; as IOException
		 */
		void commit(S snapshot, List<M> messages, Map<StreamPart, Long> positions) throws IOException;

	}

	private final Table<S, M> table;

	/** In the plural, for sentences. */
	private final String noun;

	StreamedAppend(Table<S, M> table, String noun) {
		this.table = table;
		this.noun = noun;
	}

	/**
	 * Writes what is new.
	 * @param snapshot the newest version, as far as is known
	 * @param positions the offset of the next message of each partition
	 * @param known as far as the table was, of each partition that is read
	 * @return how many were new
	 * @throws WentBack if it is not as far any more
	 */
	int append(S snapshot, List<M> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
		requireStill(snapshot, known);
		Map<StreamPart, Long> written = this.table.positions(snapshot, positions.keySet());
		Map<StreamPart, Long> behind = behind(written, positions);
		if (behind.isEmpty()) {
			return 0;
		}
		List<M> fresh = messages.stream()
			.filter((message) -> behind.containsKey(message.part())
					&& message.offset() >= written.getOrDefault(message.part(), 0L))
			.toList();
		try {
			this.table.commit(snapshot, fresh, behind);
		}
		catch (ConcurrentWriteException ex) {
			throw ex;
		}
		catch (RuntimeException | IOException ex) {
			// A commit that threw may have succeeded
			if (!behind(this.table.positions(this.table.snapshot(), positions.keySet()), positions).isEmpty()) {
				throw new IllegalStateException(
						"%d %s could not be written to the lake.".formatted(fresh.size(), this.noun), ex);
			}
		}
		return fresh.size();
	}

	private void requireStill(S snapshot, Map<StreamPart, Long> known) {
		Map<StreamPart, Long> there = this.table.positions(snapshot, known.keySet());
		Map<StreamPart, Long> less = new TreeMap<>(Comparator.comparing(StreamPart::domain));
		known.forEach((part, position) -> {
			if (there.getOrDefault(part, 0L) < position) {
				less.put(part, there.getOrDefault(part, 0L));
			}
		});
		if (!less.isEmpty()) {
			throw new WentBack(less);
		}
	}

	/** The positions that the table is to be brought to. */
	private static Map<StreamPart, Long> behind(Map<StreamPart, Long> written, Map<StreamPart, Long> positions) {
		Map<StreamPart, Long> behind = new HashMap<>();
		positions.forEach((part, position) -> {
			if (position > written.getOrDefault(part, -1L)) {
				behind.put(part, position);
			}
		});
		return behind;
	}

}
