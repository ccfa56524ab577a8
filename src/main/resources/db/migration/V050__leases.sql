-- Who may run an execution and write for it. A lease is taken before the execution is launched and renewed while it
-- runs; one that has run out may be taken by whoever finds it so. The time is this database's: no instance's clock
-- decides.
create sequence lease_number as integer;

create table lease (
	-- A job that publishes, or one instance of another job
	name text primary key,
	-- Grows with each taking: who has an older one can't write any more
	number integer not null,
	-- The instance of the application
	holder text not null,
	until timestamptz not null
);
