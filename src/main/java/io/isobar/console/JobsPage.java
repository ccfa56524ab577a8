package io.isobar.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;

import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Jobs;
import io.isobar.jobs.Schedule;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;

/** The jobs: what each does, how it went last, when it runs next. */
@Controller
class JobsPage {

	private final Jobs jobs;

	private final Executions executions;

	private final MessageSource messages;

	JobsPage(Jobs jobs, Executions executions, MessageSource messages) {
		this.jobs = jobs;
		this.executions = executions;
		this.messages = messages;
	}

	/**
	 * A job.
	 *
	 * @param instead what launches it, where people may not
	 * @param usual how long it usually takes, or null while that isn't known
	 * @param next when it launches by itself, or null: never
	 * @param zone in which its schedule is meant
	 */
	record JobRow(String name, String description, @Nullable String instead, @Nullable ExecutionRow last,
			@Nullable Duration usual, @Nullable Instant next, @Nullable ZoneId zone) {

	}

	@GetMapping("/jobs")
	String jobs(@ModelAttribute("now") Instant now, Locale locale, Model model) {
		Words words = new Words(this.messages, locale);
		Map<String, Execution> newest = this.executions.newest();
		Map<String, Duration> usual = this.executions.usualDurations();
		model.addAttribute("jobs", this.jobs.all().stream().map((job) -> {
			Execution last = newest.get(job.name());
			return row(job, words, (last != null) ? ExecutionRow.of(last, now) : null, usual.get(job.name()), now);
		}).toList());
		return "jobs/list";
	}

	private static JobRow row(JobDescriptor job, Words words, @Nullable ExecutionRow last, @Nullable Duration usual,
			Instant now) {
		Schedule schedule = job.schedule();
		return new JobRow(job.name(), words.description(job), words.instead(job), last, usual,
				(schedule != null) ? schedule.next(now) : null, (schedule != null) ? schedule.zone() : null);
	}

}
