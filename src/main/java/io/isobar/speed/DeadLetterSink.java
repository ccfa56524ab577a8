package io.isobar.speed;

import java.time.Duration;
import java.util.List;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Makes rows of what lies in the topic of dead letters. */
@Component
@ConditionalOnSpeed
class DeadLetterSink extends StoreSink {

	private final String name;

	private final String topic;

	private final DeadLetterRows rows;

	/** The sink of those of weather. */
	@Autowired
	DeadLetterSink(Topics topics, DeadLetterRows rows) {
		this("dead-letters", Topics.deadLetters(topics.weather()), rows);
	}

	DeadLetterSink(String name, String topic, DeadLetterRows rows) {
		this.name = name;
		this.topic = topic;
		this.rows = rows;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String topic() {
		return this.topic;
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
	void write(List<ConsumerRecord<byte[], byte[]>> records, Incarnation incarnation, SinkStatus status,
			UnderWay underWay) {
		List<DeadLetterRows.New> letters = records.stream()
			.map((record) -> DeadLetterRows.New.of(record.key(), record.value(), record.headers(), record.timestamp(),
					record, incarnation.number()))
			.toList();
		status.writes().record(() -> this.rows.keep(letters));
		underWay.written(records);
	}

}
