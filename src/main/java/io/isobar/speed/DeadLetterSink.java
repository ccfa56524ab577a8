package io.isobar.speed;

import java.time.Duration;
import java.util.List;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.stereotype.Component;

/** Makes rows of what lies in the topic of dead letters. */
@Component
@ConditionalOnSpeed
class DeadLetterSink extends StoreSink {

	private final Topics topics;

	private final DeadLetterRows rows;

	DeadLetterSink(Topics topics, DeadLetterRows rows) {
		this.topics = topics;
		this.rows = rows;
	}

	@Override
	public String name() {
		return "dead-letters";
	}

	@Override
	public String topic() {
		return this.topics.deadLetters();
	}

	@Override
	public int concurrency() {
		return 1;
	}

	@Override
	public Duration linger() {
		return Duration.ZERO;
	}

	@Override
	void write(List<ConsumerRecord<byte[], byte[]>> records, SinkStatus status, Written written) {
		int incarnation = this.topics.incarnation(topic()).map(Incarnation::number).orElse(0);
		this.rows.keep(records.stream()
			.map((record) -> DeadLetterRows.New.of(record.key(), record.value(), record.headers(), record.timestamp(),
					record, incarnation))
			.toList());
		written.written(records);
	}

}
