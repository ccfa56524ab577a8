-- Messages that nothing could be read from, each once, whatever came twice
create table dead_letter (
	id bigint generated always as identity primary key,
	topic text not null,
	incarnation integer not null,
	kafka_partition integer not null,
	kafka_offset bigint not null,
	key bytea,
	-- As it came; null for a tombstone
	value bytea,
	cause text not null,
	failed_at timestamptz not null,
	-- A replay is reserved before it is sent: the header of the message that it sends, and where the topic ended then
	replay uuid,
	replay_value bytea,
	reserved_at timestamptz,
	reserved_ends text,
	replayed_at timestamptz,
	replayed_by text,
	unique (topic, incarnation, kafka_partition, kafka_offset)
);
create index dead_letter_topic on dead_letter (topic, id);
