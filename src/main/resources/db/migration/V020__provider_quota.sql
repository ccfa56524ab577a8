-- What was spent with a provider in a day (UTC): what a call may cost at most is booked before it is made, and
-- replaced by what it did cost when the answer says so. What was booked by a process that died stays booked.
CREATE TABLE provider_quota (
  provider            text NOT NULL,
  utc_day             date NOT NULL,
  -- In the provider's unit: records, calls
  history             double precision NOT NULL CHECK (history >= 0),
  current_conditions  double precision NOT NULL CHECK (current_conditions >= 0),
  PRIMARY KEY (provider, utc_day)
);
