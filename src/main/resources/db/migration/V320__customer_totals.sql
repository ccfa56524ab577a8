-- The batch view of orders: versioned rows, valid for the generations valid_from ≤ g < valid_to.
CREATE TABLE customer_total (
  -- In the order of code points, which is that of programs
  customer    text COLLATE "C" NOT NULL,
  amount      numeric(38,2) NOT NULL,
  orders      bigint NOT NULL,
  valid_from  integer NOT NULL,
  valid_to    integer NOT NULL DEFAULT 2147483647,
  PRIMARY KEY (customer, valid_from)
);

CREATE INDEX customer_total_replaced ON customer_total (valid_to);
CREATE INDEX customer_total_begun ON customer_total (valid_from);

-- What a generation of orders is beside its rows
CREATE TABLE orders_generation (
  generation      integer PRIMARY KEY REFERENCES generation ON DELETE CASCADE,
  -- The last offset that it counts, of each partition (number of the topic * 1000 + partition)
  offsets         jsonb NOT NULL,
  -- Smaller orders do not count, neither in it nor above it
  minimum_amount  numeric(38,2) NOT NULL
);
