-- What an execution says of itself although it did not fail: what waits, what was left open, what it did by itself.
create table execution_notes (
	id bigint generated always as identity primary key,
	job_execution_id bigint not null references batch_job_execution on delete cascade,
	step_name varchar(100) not null,
	sentence text not null
);
create index execution_notes_execution on execution_notes (job_execution_id);
