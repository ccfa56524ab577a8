-- What need not be asked again: for each provider, city and local day the newest answer.
CREATE TABLE collected_day (
  provider   text NOT NULL,
  city       text NOT NULL REFERENCES city,
  local_day  date NOT NULL,
  collected  timestamptz NOT NULL,
  -- 'values' or 'no_data'
  outcome    text NOT NULL,
  -- No later answer is expected to differ
  settled    boolean NOT NULL,
  PRIMARY KEY (provider, city, local_day)
);

-- Files that were imported; the hash covers the bytes and the mapping.
CREATE TABLE imported_file (
  import_hash       text PRIMARY KEY,
  content_hash      text NOT NULL,
  name              text NOT NULL,
  imported_at       timestamptz NOT NULL,
  job_execution_id  bigint NOT NULL,
  rows_read         bigint NOT NULL,
  readings          bigint NOT NULL,
  filtered          bigint NOT NULL,
  rejected          bigint NOT NULL,
  flagged           bigint NOT NULL
);
