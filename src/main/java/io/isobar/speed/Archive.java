package io.isobar.speed;

import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import io.isobar.lake.StreamPart;
import io.isobar.lake.WentBack;

/** A table of the lake that a topic's messages go to, with their positions. */
interface Archive {

	/** Of the sink that fills it. */
	String name();

	String topic();

	/** Makes the table where it does not exist yet. */
	void create();

	/** The offset of the next message that is to be written, where the table has one. */
	Map<StreamPart, Long> positions(Collection<StreamPart> parts);

	/** Reads a message; on any thread. */
	Read read(ConsumerRecord<byte[], byte[]> record);

	/** What came of a message. */
	interface Read {

		/** Why it is refused; null if it is not. */
		@Nullable String refused();

	}

	/** Begins to gather what lies in that topic. */
	Gathered gather(Incarnation incarnation);

	/** Messages that were read and are not written yet. */
	interface Gathered {

		/** Gathers a message that is not refused. */
		void add(ConsumerRecord<byte[], byte[]> record, Read read);

		/** Drops those of a partition. */
		void forget(int partition);

		boolean isEmpty();

		/**
		 * Writes them with the positions behind them, in one commit.
		 * @param known as far as the table was, of each partition that is read
		 * @throws WentBack if it is not as far any more
		 */
		void write(Map<StreamPart, Long> positions, Map<StreamPart, Long> known);

		/**
		 * When Kafka has appended the first of them, in milliseconds; empty: there are
		 * none.
		 */
		OptionalLong oldest();

		void clear();

	}

}
