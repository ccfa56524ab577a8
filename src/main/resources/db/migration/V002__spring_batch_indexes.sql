-- Spring Batch's schema has no index beside its keys; these are for 100,000 executions

create index batch_job_execution_instance on batch_job_execution (job_instance_id);
create index batch_job_execution_newest on batch_job_execution (create_time desc, job_execution_id desc);
create index batch_job_execution_status on batch_job_execution (status);
create index batch_step_execution_job on batch_step_execution (job_execution_id);
create index batch_job_execution_params_job on batch_job_execution_params (job_execution_id);
-- A value of 2500 characters would be too long for an index
create index batch_job_execution_params_value on batch_job_execution_params (parameter_name, left(parameter_value, 100));
