package io.isobar.speed;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import io.isobar.lake.StreamPart;

/**
 * Messages that a sink had not read yet when Kafka no longer had them. A person decides
 * that it goes on without them; not where Kafka has lost the end of a partition, as its
 * next messages would be taken for those that were read.
 */
@Component
@ConditionalOnSpeed
class Gaps {

	private final JdbcClient jdbc;

	Gaps(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Notes a gap; one that is known stays as it is. */
	void note(String sink, StreamPart part, long expected, long available) {
		this.jdbc.sql("""
				insert into stream_gap (sink, topic, incarnation, kafka_partition, expected, available)
				values (:sink, :topic, :incarnation, :partition, :expected, :available) on conflict do nothing
				""")
			.param("sink", sink)
			.param("topic", part.topic())
			.param("incarnation", part.incarnation())
			.param("partition", part.partition())
			.param("expected", expected)
			.param("available", available)
			.update();
	}

	boolean isAccepted(String sink, StreamPart part, long expected) {
		return this.jdbc.sql("""
				select count(*) from stream_gap where sink = :sink and topic = :topic and incarnation = :incarnation
				and kafka_partition = :partition and expected = :expected and accepted_at is not null
				""")
			.param("sink", sink)
			.param("topic", part.topic())
			.param("incarnation", part.incarnation())
			.param("partition", part.partition())
			.param("expected", expected)
			.query(Integer.class)
			.single() > 0;
	}

	/** Whether a sink waits for a person; for none where the topic was made again. */
	boolean isOpen(String sink, Incarnation incarnation) {
		return this.jdbc.sql("""
				select count(*) from stream_gap where sink = :sink and topic = :topic and incarnation = :incarnation
				and accepted_at is null
				""")
			.param("sink", sink)
			.param("topic", incarnation.topic())
			.param("incarnation", incarnation.number())
			.query(Integer.class)
			.single() > 0;
	}

	/**
	 * The sink goes on without what is missing.
	 * @return how many gaps there were
	 */
	int accept(String sink, String topic, String by) {
		return this.jdbc.sql("""
				update stream_gap set accepted_at = now(), accepted_by = :by
				where sink = :sink and topic = :topic and accepted_at is null and available > expected
				""").param("sink", sink).param("topic", topic).param("by", by).update();
	}

}
