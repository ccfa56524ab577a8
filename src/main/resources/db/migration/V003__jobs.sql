-- What isobar keeps of jobs beside Spring Batch's tables

-- Makes each launch an instance of its own
create sequence job_run_seq;

-- How far a running step is
create table step_progress (
	step_execution_id bigint primary key references batch_step_execution on delete cascade,
	progress double precision check (progress between 0 and 1),
	expected bigint check (expected >= 0),
	told_at timestamptz not null default now()
);

-- Why an execution failed, in order
create table execution_failures (
	id bigint generated always as identity primary key,
	job_execution_id bigint not null references batch_job_execution on delete cascade,
	-- null where no step failed, but the job
	step_name varchar(100),
	message text not null,
	cause text,
	stack_trace text not null
);
create index execution_failures_execution on execution_failures (job_execution_id);
