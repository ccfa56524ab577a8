package io.isobar.speed;

import org.apache.kafka.common.Uuid;

import io.isobar.lake.StreamPart;

/**
 * A topic that Kafka has: one of that name that was deleted and made again is another.
 *
 * @param id by which Kafka knows it
 * @param number which of that name, from 0
 */
record Incarnation(String topic, Uuid id, int number) {

	StreamPart part(int partition) {
		return new StreamPart(this.topic, this.number, partition);
	}

}
