-- Which days the batch layer answers for. Like the batch views, these are versioned rows: valid for the generations
-- valid_from ≤ g < valid_to.

-- The closed days of a city, as ranges of days. Closed stays closed.
CREATE TABLE closed_days (
  city        text NOT NULL,
  days        datemultirange NOT NULL,
  valid_from  integer NOT NULL,
  valid_to    integer NOT NULL DEFAULT 2147483647,
  PRIMARY KEY (city, valid_from)
);

CREATE INDEX closed_days_replaced ON closed_days (valid_to);
CREATE INDEX closed_days_begun ON closed_days (valid_from);

-- Days whose state can't be right, with the rule that each breaks: they stay open.
CREATE TABLE broken_day (
  city        text NOT NULL,
  local_day   date NOT NULL,
  resolution  text NOT NULL,
  simulated   boolean NOT NULL,
  rule        text NOT NULL,
  detail      text NOT NULL,
  valid_from  integer NOT NULL,
  valid_to    integer NOT NULL DEFAULT 2147483647,
  PRIMARY KEY (city, local_day, resolution, simulated, rule, valid_from)
);

CREATE INDEX broken_day_replaced ON broken_day (valid_to);
CREATE INDEX broken_day_begun ON broken_day (valid_from);
