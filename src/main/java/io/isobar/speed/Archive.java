package io.isobar.speed;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import io.isobar.lake.FromTopic;
import io.isobar.lake.StreamPart;
import io.isobar.lake.WentBack;

/**
 * A table of the lake that a topic's messages go to, with their positions.
 *
 * @param <M> what a message becomes there
 */
interface Archive<M extends FromTopic> {

	/** Of the sink that fills it. */
	String name();

	String topic();

	/** Makes the table where it does not exist yet. */
	void create();

	/** The offset of the next message that is to be written, where the table has one. */
	Map<StreamPart, Long> positions(Collection<StreamPart> parts);

	/** Reads a message; on any thread. */
	Read<M> read(ConsumerRecord<byte[], byte[]> record, Incarnation incarnation);

	/**
	 * What came of a message; neither, where it is passed over.
	 *
	 * @param message null if there is none
	 * @param refused why it is; null if it is not
	 */
	record Read<M>(@Nullable M message, @Nullable String refused) {

		static <M> Read<M> good(M message) {
			return new Read<>(message, null);
		}

		static <M> Read<M> refused(String cause) {
			return new Read<>(null, cause);
		}

		static <M> Read<M> passedOver() {
			return new Read<>(null, null);
		}

	}

	/**
	 * Writes messages with the positions behind them, in one commit; on any thread.
	 * @param known as far as the table was, of each partition that is read
	 * @throws WentBack if it is not as far any more
	 */
	void write(List<M> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known);

}
