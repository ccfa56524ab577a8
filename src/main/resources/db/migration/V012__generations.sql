-- Published results of the batch layer. One sequence of numbers for all datasets.
CREATE TABLE generation (
  generation        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- 'weather' or 'orders'
  dataset           text NOT NULL,
  job_execution_id  bigint NOT NULL,
  -- Null while it is being exported
  published_at      timestamptz,
  readings_version  bigint NOT NULL,
  -- Version of each table of states that it was made from, by name
  state_versions    jsonb NOT NULL,
  -- Hash of all that decides the numbers
  definition        text NOT NULL,
  code_version      text NOT NULL,
  readings          bigint NOT NULL,
  cities            integer NOT NULL,
  -- Duration of each step, in milliseconds, by name
  durations         jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX generation_dataset ON generation (dataset, generation);

-- The one that readers see.
CREATE TABLE current_generation (
  dataset     text PRIMARY KEY,
  generation  integer NOT NULL REFERENCES generation
);
