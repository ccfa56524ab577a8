-- What people have asked to be analysed, and who. The line stays for a while after the result is removed, so that
-- a result that has expired is told apart from one that never was.
CREATE TABLE ad_hoc_task (
  id            uuid PRIMARY KEY,
  -- The queue: who asked first comes first
  position      bigint GENERATED ALWAYS AS IDENTITY,
  owner         text NOT NULL,
  cities        text[] NOT NULL,
  from_day      date NOT NULL,
  to_day        date NOT NULL,
  metrics       text[] NOT NULL,
  granularity   text NOT NULL CHECK (granularity IN ('hour', 'day', 'month')),
  status        text NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  created_at    timestamptz NOT NULL,
  started_at    timestamptz,
  ended_at      timestamptz,
  -- Why it failed
  error         text,
  -- Rows of the result
  rows          bigint,
  -- When an instance has taken it from the queue, by the clock of PostgreSQL
  claimed_at    timestamptz,
  -- The execution that analyses it; null until it is launched
  execution_id  bigint,
  -- An execution that was interrupted and is to go on
  restart_of    bigint,
  -- When its result was removed
  removed_at    timestamptz
);

CREATE INDEX ad_hoc_task_open ON ad_hoc_task (position) WHERE status IN ('queued', 'running');
CREATE INDEX ad_hoc_task_owner ON ad_hoc_task (owner, position);
CREATE INDEX ad_hoc_task_kept ON ad_hoc_task (ended_at) WHERE removed_at IS NULL;

-- The results. A missing value is null.
CREATE TABLE ad_hoc_result (
  task      uuid NOT NULL,
  city      text COLLATE "C" NOT NULL,
  -- The instant at which an hour began, a local day or a month
  period    text COLLATE "C" NOT NULL,
  metric    text COLLATE "C" NOT NULL,
  mean      double precision,
  min       double precision,
  max       double precision,
  sum       double precision,
  -- Readings that have a value
  readings  bigint NOT NULL,
  PRIMARY KEY (task, city, period, metric)
);
