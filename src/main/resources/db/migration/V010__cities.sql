-- Every city that is known: listed ones come from the configuration, others from files and messages.
CREATE TABLE city (
  name       text PRIMARY KEY,
  country    text NOT NULL,
  latitude   double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude  double precision CHECK (longitude BETWEEN -180 AND 180),
  zone       text NOT NULL,
  listed     boolean NOT NULL
);
