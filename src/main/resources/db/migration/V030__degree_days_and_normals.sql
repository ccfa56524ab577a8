-- How cold or warm it was for houses, by month: the sum over its days of 18 °C - mean, and of mean - 18 °C, where positive
CREATE TABLE degree_days (
  city text NOT NULL,
  month text NOT NULL,
  heating double precision NOT NULL,
  cooling double precision NOT NULL,
  -- Days whose mean temperature is known
  days bigint NOT NULL,
  -- Valid for the generations from ≤ g < to; 2147483647: until it is replaced
  valid_from integer NOT NULL,
  valid_to   integer NOT NULL DEFAULT 2147483647,
  PRIMARY KEY (city, month, valid_from)
);

CREATE INDEX degree_days_replaced ON degree_days (valid_to);
CREATE INDEX degree_days_begun ON degree_days (valid_from);

-- The usual temperature of each day of the year, over the real years in which it was measured
CREATE TABLE normals (
  city text NOT NULL,
  -- MM-dd
  day text NOT NULL,
  mean double precision NOT NULL,
  low double precision NOT NULL,
  high double precision NOT NULL,
  years integer NOT NULL,
  -- Valid for the generations from ≤ g < to; 2147483647: until it is replaced
  valid_from integer NOT NULL,
  valid_to   integer NOT NULL DEFAULT 2147483647,
  PRIMARY KEY (city, day, valid_from)
);

CREATE INDEX normals_replaced ON normals (valid_to);
CREATE INDEX normals_begun ON normals (valid_from);
