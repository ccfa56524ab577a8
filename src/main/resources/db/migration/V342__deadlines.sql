-- How far Kafka's clock was ahead of this one's when the row was reserved, as far as was known: by it Kafka decides
-- whether what is sent comes in time, so that nobody else may take the row over any sooner.
ALTER TABLE orders_outbox ADD COLUMN clock_ahead interval NOT NULL DEFAULT '0';
ALTER TABLE dead_letter ADD COLUMN clock_ahead interval NOT NULL DEFAULT '0';
