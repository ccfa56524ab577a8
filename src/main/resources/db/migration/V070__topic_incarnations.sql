-- The topics that Kafka has had under a name: one that was deleted and made again is another, with other messages
-- under the same offsets. kafka_partition in the stores is number * 1000 + partition.
create table topic_incarnation (
	topic text not null,
	topic_id text not null,
	number integer not null,
	seen_at timestamptz not null default now(),
	primary key (topic, topic_id),
	unique (topic, number)
);
