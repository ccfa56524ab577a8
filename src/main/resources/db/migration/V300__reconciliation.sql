-- What the speed layer said of the days that a generation has closed, beside what the batch layer says: over the hours
-- of a city's local day of which both have a value. A mean, or of rain and snow the sum.
CREATE TABLE reconciliation (
  -- Null until the generation has a number
  generation    integer,
  city          text NOT NULL,
  local_day     date NOT NULL,
  metric        text NOT NULL,
  -- Hours that were compared
  hours         integer NOT NULL,
  -- Null where nothing was compared
  speed         double precision,
  batch         double precision,
  tolerance     double precision NOT NULL,
  -- Why nothing was compared: 'no_readings', 'no_common_hours' or 'unavailable'
  not_compared  text
);

CREATE INDEX reconciliation_day ON reconciliation (local_day, city, metric, generation);
CREATE INDEX reconciliation_generation ON reconciliation (generation);
