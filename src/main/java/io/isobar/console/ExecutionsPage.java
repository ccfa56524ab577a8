package io.isobar.console;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import io.isobar.batch.Generations;
import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionFilter;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Jobs;
import io.isobar.jobs.StepRun;
import io.isobar.jobs.SubmittedApplications;
import io.isobar.web.PageInfo;
import io.isobar.web.PageNumber;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** The executions there have been, and each one by itself, live while it runs. */
@Controller
class ExecutionsPage {

	static final String ONE = "/jobs/executions/{id:[0-9]{1,18}}";

	private static final int SIZE = 25;

	private final Jobs jobs;

	private final Executions executions;

	private final ExecutionNotes notes;

	private final SubmittedApplications applications;

	private final Generations generations;

	private final MessageSource messages;

	ExecutionsPage(Jobs jobs, Executions executions, ExecutionNotes notes, SubmittedApplications applications,
			Generations generations, MessageSource messages) {
		this.jobs = jobs;
		this.executions = executions;
		this.notes = notes;
		this.applications = applications;
		this.generations = generations;
		this.messages = messages;
	}

	@GetMapping("/jobs/executions")
	String list(@RequestParam(defaultValue = "") String name, @RequestParam(defaultValue = "") String status,
			@RequestParam(defaultValue = "") String from, @RequestParam(defaultValue = "") String to,
			@RequestParam(defaultValue = "0") @PageNumber int page, @ModelAttribute("now") Instant now, Locale locale,
			Model model, HttpServletResponse response) {
		Map<String, String> errors = new LinkedHashMap<>();
		LocalDate first = day("from", from, errors, locale);
		LocalDate last = day("to", to, errors, locale);
		if (first != null && last != null && last.isBefore(first)) {
			errors.put("to", text("executions.order", locale));
		}
		model.addAttribute("errors", errors);
		model.addAttribute("name", name);
		model.addAttribute("status", status);
		model.addAttribute("from", from);
		model.addAttribute("to", to);
		Map<String, String> names = names(locale);
		model.addAttribute("names", names);
		model.addAttribute("statuses", statuses(locale));
		if (!errors.isEmpty()) {
			response.setStatus(HttpStatus.BAD_REQUEST.value());
			return "jobs/executions";
		}
		ExecutionFilter filter = new ExecutionFilter(known(name, names), status(status), first, last);
		Executions.ExecutionPage found = this.executions.page(filter, page, SIZE);
		model.addAttribute("page", PageInfo.of(page, SIZE, found.total()));
		model.addAttribute("executions",
				found.executions().stream().map((execution) -> ExecutionRow.of(execution, now)).toList());
		return "jobs/executions";
	}

	private @Nullable LocalDate day(String field, String value, Map<String, String> errors, Locale locale) {
		if (value.isEmpty()) {
			return null;
		}
		try {
			if (value.length() == "2024-01-31".length()) {
				return LocalDate.parse(value);
			}
		}
		catch (DateTimeException ex) {
			// Said below
		}
		errors.put(field, text("executions.noDay", locale));
		return null;
	}

	private Map<String, String> names(Locale locale) {
		Map<String, String> names = new LinkedHashMap<>();
		names.put("", text("executions.any", locale));
		this.jobs.all().stream().map(JobDescriptor::name).forEach((name) -> names.put(name, name));
		return names;
	}

	private Map<String, String> statuses(Locale locale) {
		Map<String, String> statuses = new LinkedHashMap<>();
		statuses.put("", text("executions.any", locale));
		Arrays.stream(BatchStatus.values())
			.forEach((status) -> statuses.put(status.name(), text(State.word(status), locale)));
		return statuses;
	}

	/** A status that isn't among those to choose from doesn't narrow the list. */
	private static @Nullable BatchStatus status(String name) {
		return Arrays.stream(BatchStatus.values())
			.filter((status) -> status.name().equals(name))
			.findFirst()
			.orElse(null);
	}

	/** Nor does such a name: there are some that PostgreSQL refuses. */
	private static @Nullable String known(String name, Map<String, String> names) {
		return (!name.isEmpty() && names.containsKey(name)) ? name : null;
	}

	private String text(String key, Locale locale) {
		return this.messages.getMessage(key, null, locale);
	}

	@GetMapping(ONE)
	String execution(@PathVariable long id, @ModelAttribute("now") Instant now,
			@ModelAttribute("operator") boolean operator, @ModelAttribute("admin") boolean admin, Locale locale,
			Model model) {
		Execution execution = this.executions.find(id).orElseThrow(() -> ActionPage.unknown(id));
		show(execution, now, operator, admin, locale, model);
		return "jobs/execution";
	}

	/**
	 * What has changed of an execution that runs: its state and its steps; or all of it,
	 * once it is in another status than the page shows.
	 */
	@GetMapping(ONE + "/live")
	String live(@PathVariable long id, @RequestParam String status, @ModelAttribute("now") Instant now,
			@ModelAttribute("operator") boolean operator, @ModelAttribute("admin") boolean admin, Locale locale,
			Model model, HttpServletResponse response) {
		Optional<Execution> found = this.executions.find(id);
		if (found.isEmpty()) {
			// Deleted meanwhile: the whole page says so
			response.setHeader("HX-Refresh", "true");
			return "jobs/execution :: nothing";
		}
		Execution execution = found.get();
		show(execution, now, operator, admin, locale, model);
		if (execution.status().name().equals(status)) {
			return "jobs/execution :: running";
		}
		response.setHeader("HX-Retarget", "#execution");
		response.setHeader("HX-Reswap", "outerHTML");
		return "jobs/execution :: changed";
	}

	private void show(Execution execution, Instant now, boolean operator, boolean admin, Locale locale, Model model) {
		Words words = new Words(this.messages, locale);
		List<Execution> attempts = this.executions.attempts(execution.instanceId());
		model.addAttribute("row", ExecutionRow.of(execution, now));
		model.addAttribute("execution", execution);
		List<StepRun> steps = this.executions.steps(execution.executionId());
		model.addAttribute("steps", steps.stream().map((step) -> StepRow.of(step, now)).toList());
		model.addAttribute("failures", this.executions.failures(execution));
		model.addAttribute("notes", this.notes.of(execution.executionId()));
		model.addAttribute("applications",
				this.applications.of(execution.executionId())
					.stream()
					.map((application) -> ApplicationRow.of(application, now))
					.toList());
		model.addAttribute("ended", ended(execution));
		model.addAttribute("attempts", attempts.stream().map((attempt) -> ExecutionRow.of(attempt, now)).toList());
		model.addAttribute("total",
				attempts.stream()
					.map((attempt) -> Optional.ofNullable(attempt.duration(now)).orElse(Duration.ZERO))
					.reduce(Duration.ZERO, Duration::plus));
		model.addAttribute("actions",
				Arrays.stream(Action.values())
					.map((action) -> Possible.of(action, execution, operator, admin, words))
					.toList());
		model.addAttribute("restartAt", restartAt(steps));
		model.addAttribute("launchable",
				this.jobs.find(execution.jobName()).map(JobDescriptor::launchable).orElse(false));
		model.addAttribute("generations", this.generations.publishedBy(execution.executionId()));
	}

	/** What a stopped one says of its end, if that is a sentence and no stack trace. */
	private static @Nullable String ended(Execution execution) {
		String message = execution.exitMessage();
		if (execution.status() != BatchStatus.STOPPED || message == null || message.isBlank()
				|| message.contains("Exception")) {
			return null;
		}
		return message;
	}

	/** The step at which a restart would go on, where one has begun. */
	static @Nullable String restartAt(List<StepRun> steps) {
		return steps.stream()
			.filter((step) -> step.status() != BatchStatus.COMPLETED)
			.map(StepRun::name)
			.findFirst()
			.orElse(null);
	}

}
