package io.isobar.console;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * A job, as programs see it.
 *
 * @param schedule when it is launched by itself (cron, seconds first), or null
 * @param zone in which the schedule is meant
 * @param lastExecution the newest, or null if there has been none
 * @param parameters what a launch takes
 */
record JobAnswer(String name, String description, boolean launchable, @Nullable String schedule, @Nullable String zone,
		@Nullable Instant nextRun, @Nullable ExecutionAnswer lastExecution, List<ParameterAnswer> parameters) {

	static JobAnswer of(JobDescriptor job, @Nullable ExecutionAnswer lastExecution, Instant now) {
		Schedule schedule = job.schedule();
		return new JobAnswer(job.name(), job.description(), job.launchable(),
				(schedule != null) ? schedule.cron() : null, (schedule != null) ? schedule.zone().getId() : null,
				(schedule != null) ? schedule.next(now) : null, lastExecution,
				job.parameters().stream().map(ParameterAnswer::of).toList());
	}

	/**
	 * A parameter of a job.
	 *
	 * @param type {@code date, text, boolean, choice, cities, path} or {@code number}
	 * @param choices what is possible; empty if that does not follow from a list
	 */
	record ParameterAnswer(String name, String type, boolean required, @Nullable String defaultValue,
			boolean identifying, String help, @Nullable String example, List<String> choices) {

		static ParameterAnswer of(Parameter parameter) {
			return new ParameterAnswer(parameter.name(), parameter.type().name().toLowerCase(Locale.ROOT),
					parameter.required(), parameter.defaultValue(), parameter.identifying(), parameter.help(),
					parameter.example(), List.copyOf(parameter.choices().get()));
		}

	}

}
