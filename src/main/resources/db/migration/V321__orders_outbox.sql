-- Orders that were accepted, on their way to Kafka: each is sent once, whatever fails meanwhile.
CREATE TABLE orders_outbox (
  -- A header of the message
  id               uuid PRIMARY KEY,
  -- What the client calls it, so that it may ask again
  idempotency_key  text UNIQUE,
  customer         text NOT NULL,
  amount           numeric(38,2) NOT NULL,
  accepted_at      timestamptz NOT NULL DEFAULT now(),
  accepted_by      text NOT NULL,
  -- Since when somebody is sending it
  reserved_at      timestamptz NOT NULL DEFAULT now(),
  sent_at          timestamptz
);

CREATE INDEX orders_outbox_waiting ON orders_outbox (reserved_at) WHERE sent_at IS NULL;
CREATE INDEX orders_outbox_sent ON orders_outbox (sent_at) WHERE idempotency_key IS NULL;
