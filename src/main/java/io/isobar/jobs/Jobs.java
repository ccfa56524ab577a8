package io.isobar.jobs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.batch.core.job.Job;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** The jobs there are. */
@Component
public class Jobs implements SmartInitializingSingleton {

	private final Map<String, JobDescriptor> descriptors = new TreeMap<>();

	private final ObjectProvider<Job> beans;

	Jobs(ObjectProvider<JobDescriptor> descriptors, ObjectProvider<Job> beans) {
		this.beans = beans;
		for (JobDescriptor descriptor : descriptors) {
			if (this.descriptors.put(descriptor.name(), descriptor) != null) {
				throw new IllegalStateException("Two jobs are described as " + descriptor.name());
			}
		}
	}

	/** All, by name. */
	public List<JobDescriptor> all() {
		return List.copyOf(this.descriptors.values());
	}

	public Optional<JobDescriptor> find(String name) {
		return Optional.ofNullable(this.descriptors.get(name));
	}

	/**
	 * The job of Spring Batch.
	 * @throws JobRefusal.UnknownJob where there is none
	 */
	Job job(String name) {
		return this.beans.stream()
			.filter((job) -> job.getName().equals(name))
			.findFirst()
			.orElseThrow(() -> unknown(name));
	}

	JobRefusal.UnknownJob unknown(String name) {
		return new JobRefusal.UnknownJob(name, List.copyOf(this.descriptors.keySet()));
	}

	/** A job and its descriptor belong together. */
	@Override
	public void afterSingletonsInstantiated() {
		for (Job job : this.beans) {
			if (!this.descriptors.containsKey(job.getName())) {
				throw new IllegalStateException(
						"Job " + job.getName() + " has no JobDescriptor bean of the same name; add one beside it");
			}
			if (job.getJobParametersIncrementer() != null) {
				throw new IllegalStateException("Job " + job.getName()
						+ " has an incrementer, which would drop the parameters of a launch; launching adds the run number");
			}
		}
		for (String name : this.descriptors.keySet()) {
			if (this.beans.stream().noneMatch((job) -> job.getName().equals(name))) {
				throw new IllegalStateException("There is a JobDescriptor of " + name + ", but no job of that name");
			}
		}
	}

}
