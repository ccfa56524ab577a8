-- What steps have had a cluster do, each submission by itself
create table submitted_applications (
	id bigint generated always as identity primary key,
	step_execution_id bigint not null references batch_step_execution on delete cascade,
	name varchar(100) not null,
	master text not null,
	-- null until the cluster has given it one
	application_id text,
	state varchar(20) not null,
	submitted_at timestamptz not null,
	ended_at timestamptz,
	-- The end of the driver's log
	log text not null default ''
);
create index submitted_applications_step on submitted_applications (step_execution_id);
