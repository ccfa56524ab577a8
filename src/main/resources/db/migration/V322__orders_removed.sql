-- Up to which offset Cassandra's orders were removed, as every generation that is kept counts them. Noted before the
-- first is removed, and done when the last one is.
CREATE TABLE orders_removed (
  -- Number of the topic * 1000 + partition
  kafka_partition  integer PRIMARY KEY,
  noted            bigint NOT NULL,
  done             bigint NOT NULL DEFAULT -1
);
