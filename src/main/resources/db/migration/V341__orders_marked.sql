-- That Cassandra has a mark, which it gets before its first order: if it has none any more, it has lost its orders.
CREATE TABLE orders_marked (
  only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  marked    timestamptz NOT NULL
);
