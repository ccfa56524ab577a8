-- Messages that a sink had not read yet when Kafka no longer had them, and who has let it go on without them
create table stream_gap (
	id bigint generated always as identity primary key,
	sink text not null,
	topic text not null,
	incarnation integer not null,
	kafka_partition integer not null,
	-- The offset that the sink wanted, and the one that there is instead
	expected bigint not null,
	available bigint not null,
	seen_at timestamptz not null default now(),
	accepted_at timestamptz,
	accepted_by text,
	unique (sink, topic, incarnation, kafka_partition, expected)
);
