-- Going back and forward among generations.

-- When a generation ceased to be one of those to go back to; its rows are deleted later. Null while it is kept.
ALTER TABLE generation ADD COLUMN retired_at timestamptz;

-- How many readings it counts of each city, by name
ALTER TABLE generation ADD COLUMN city_readings jsonb NOT NULL DEFAULT '{}';

-- The generation that was current when it was made, and how much of it was computed anew: 'incremental' or 'full'
ALTER TABLE generation ADD COLUMN base integer;
ALTER TABLE generation ADD COLUMN recompute text NOT NULL DEFAULT 'full';

-- While there is a row, scheduled runs publish nothing: somebody has gone back.
CREATE TABLE publishing_hold (
  dataset    text PRIMARY KEY,
  since      timestamptz NOT NULL,
  held_by    text NOT NULL,
  -- From which generation somebody went back, and to which
  went_from  integer NOT NULL REFERENCES generation,
  went_to    integer NOT NULL REFERENCES generation
);

-- What a generation began finds its rows quickly, when an attempt is taken back or one generation compared with another
CREATE INDEX city_day_begun ON city_day (valid_from);
CREATE INDEX city_month_begun ON city_month (valid_from);
CREATE INDEX amplitude_begun ON amplitude (valid_from);
CREATE INDEX comparison_begun ON comparison (valid_from);
CREATE INDEX extremes_begun ON extremes (valid_from);
CREATE INDEX correlations_begun ON correlations (valid_from);
CREATE INDEX clusters_begun ON clusters (valid_from);

-- Days that become final although their readings stay as they are
CREATE INDEX city_day_provisional ON city_day (city, local_day)
  WHERE status = 'provisional' AND NOT simulated AND readings_simulated = 0;
