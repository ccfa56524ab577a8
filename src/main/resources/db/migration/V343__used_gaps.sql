-- A gap that a person has accepted: when a sink first went on across it. "available" then
-- is where it went on; when more is missing later, a person is asked again.
alter table stream_gap add column used_at timestamptz;
