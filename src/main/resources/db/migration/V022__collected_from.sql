-- The first local day of each city that was ever to be collected, so that days which had to wait are not forgotten.
CREATE TABLE collected_from (
  city       text PRIMARY KEY REFERENCES city,
  first_day  date NOT NULL
);
