package io.isobar.console;

import java.net.URI;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionFilter;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Jobs;
import io.isobar.jobs.Launches;
import io.isobar.jobs.ParameterProblem;
import io.isobar.jobs.SubmittedApplications;
import io.isobar.web.PageInfo;
import io.isobar.web.PageNumber;
import io.isobar.web.PageSize;
import io.isobar.web.Problems;
import io.isobar.web.Ranges;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Jobs and their executions, for programs. */
@RestController
@RequestMapping(path = "/api/jobs", produces = MediaType.APPLICATION_JSON_VALUE)
class JobsController {

	private static final String PARAMETERS = "parameters";

	private final Jobs jobs;

	private final Executions executions;

	private final ExecutionNotes notes;

	private final SubmittedApplications applications;

	private final Launches launches;

	private final Clock clock;

	JobsController(Jobs jobs, Executions executions, ExecutionNotes notes, SubmittedApplications applications,
			Launches launches, Clock clock) {
		this.jobs = jobs;
		this.executions = executions;
		this.notes = notes;
		this.applications = applications;
		this.launches = launches;
		this.clock = clock;
	}

	@GetMapping
	List<JobAnswer> jobs() {
		Instant now = this.clock.instant();
		Map<String, Execution> newest = this.executions.newest();
		List<JobAnswer> answers = new ArrayList<>();
		for (JobDescriptor job : this.jobs.all()) {
			Execution last = newest.get(job.name());
			answers.add(JobAnswer.of(job, (last != null) ? ExecutionAnswer.of(last, now) : null, now));
		}
		return answers;
	}

	@PostMapping(path = "/{name}/executions", consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<ExecutionDetail> launch(@PathVariable String name,
			@RequestBody(required = false) @Nullable Map<String, @Nullable Object> body, @Nullable Principal by) {
		Execution launched = this.launches.launch(name, parameters((body != null) ? body : Map.of()), name(by));
		return ResponseEntity.created(URI.create("/api/jobs/executions/" + launched.executionId()))
			.body(detail(launched));
	}

	private static Map<String, String> parameters(Map<String, @Nullable Object> body) {
		body.keySet().stream().filter((field) -> !field.equals(PARAMETERS)).findFirst().ifPresent((field) -> {
			throw Problems.failure(HttpStatus.BAD_REQUEST, "The body has a field " + Problems.echo(field)
					+ ", which is not known. Write the parameters as {\"parameters\":{\"name\":\"value\"}}.");
		});
		Object given = body.get(PARAMETERS);
		if (given == null) {
			return Map.of();
		}
		if (!(given instanceof Map<?, ?> values)) {
			throw Problems.failure(HttpStatus.BAD_REQUEST,
					"parameters is no object. Write them as {\"parameters\":{\"name\":\"value\"}}.");
		}
		Map<String, String> parameters = new LinkedHashMap<>();
		List<ParameterProblem> problems = new ArrayList<>();
		values.forEach((name, value) -> {
			if (value instanceof String || value instanceof Boolean || value instanceof Number) {
				parameters.put(name.toString(), value.toString());
			}
			else if (value != null) {
				problems.add(ParameterProblem.of(name.toString(), "structure",
						"is a list or an object. Write it as text, several values with commas between them."));
			}
		});
		if (!problems.isEmpty()) {
			throw new JobRefusal.WrongParameters(problems);
		}
		return parameters;
	}

	/** One page of a list. */
	record ExecutionsAnswer(PageInfo page, List<ExecutionAnswer> executions) {

	}

	@GetMapping("/executions")
	ExecutionsAnswer executions(@RequestParam(required = false) @Nullable String name,
			@RequestParam(required = false) @Nullable BatchStatus status,
			@RequestParam(required = false) @Nullable LocalDate from,
			@RequestParam(required = false) @Nullable LocalDate to,
			@RequestParam(defaultValue = "0") @PageNumber int page,
			@RequestParam(defaultValue = PageSize.DEFAULT) @PageSize int size) {
		Ranges.days(from, to);
		if (name != null && !this.executions.isKnown(name)) {
			throw Problems.badParameter("name", "there is no job " + Problems.echo(name) + ". The jobs are "
					+ String.join(", ", this.jobs.all().stream().map(JobDescriptor::name).toList()) + ".");
		}
		Instant now = this.clock.instant();
		Executions.ExecutionPage found = this.executions.page(new ExecutionFilter(name, status, from, to), page, size);
		return new ExecutionsAnswer(PageInfo.of(page, size, found.total()),
				found.executions().stream().map((execution) -> ExecutionAnswer.of(execution, now)).toList());
	}

	@GetMapping("/executions/{id}")
	ExecutionDetail execution(@PathVariable long id) {
		return detail(find(id));
	}

	@GetMapping("/executions/{id}/steps")
	List<StepAnswer> steps(@PathVariable long id) {
		find(id);
		return stepsOf(id);
	}

	@GetMapping("/executions/{id}/steps/{stepId}")
	StepAnswer step(@PathVariable long id, @PathVariable long stepId) {
		find(id);
		return stepsOf(id).stream()
			.filter((step) -> step.stepId() == stepId)
			.findFirst()
			.orElseThrow(() -> Problems.notFound("Execution " + id + " has no step " + stepId
					+ ". /api/jobs/executions/" + id + "/steps lists those it has."));
	}

	/** The end of the log of what a step had a cluster do. */
	@GetMapping(path = "/executions/{id}/applications/{application}/log",
			produces = MediaType.TEXT_PLAIN_VALUE + ";charset=UTF-8")
	String log(@PathVariable long id, @PathVariable long application) {
		find(id);
		return this.applications.log(id, application)
			.orElseThrow(() -> Problems.notFound("Execution " + id + " has submitted no application " + application
					+ " to a cluster. " + "/api/jobs/executions/" + id + " lists those it has."));
	}

	@PutMapping("/executions/{id}")
	ExecutionDetail change(@PathVariable long id, @RequestParam(required = false) @Nullable Boolean stop,
			@RequestParam(required = false) @Nullable Boolean restart,
			@RequestParam(required = false) @Nullable Boolean abandon, @Nullable Principal by) {
		Map<String, Boolean> asked = new LinkedHashMap<>();
		putIfThere(asked, "stop", stop);
		putIfThere(asked, "restart", restart);
		putIfThere(asked, "abandon", abandon);
		if (asked.size() != 1) {
			throw Problems.failure(HttpStatus.BAD_REQUEST,
					(asked.isEmpty() ? "It is not said what to do."
							: String.join(" and ", asked.keySet()) + " can't be done at once.")
							+ " Ask for one of ?stop=true, ?restart=true and ?abandon=true.");
		}
		String action = asked.keySet().iterator().next();
		if (!asked.containsValue(true)) {
			throw Problems.badParameter(action, "only true is possible.");
		}
		return detail(switch (action) {
			case "stop" -> this.launches.stop(id, name(by));
			case "restart" -> this.launches.restart(id, name(by));
			default -> this.launches.abandon(id, name(by));
		});
	}

	@DeleteMapping("/executions/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@PathVariable long id, @Nullable Principal by) {
		this.launches.delete(id, name(by));
	}

	private static void putIfThere(Map<String, Boolean> asked, String action, @Nullable Boolean value) {
		if (value != null) {
			asked.put(action, value);
		}
	}

	private Execution find(long id) {
		return this.executions.find(id).orElseThrow(() -> new JobRefusal.UnknownExecution(id));
	}

	private ExecutionDetail detail(Execution execution) {
		return new ExecutionDetail(ExecutionAnswer.of(execution, this.clock.instant()),
				stepsOf(execution.executionId()),
				this.executions.failures(execution).stream().map(ExecutionDetail.FailureAnswer::of).toList(),
				this.notes.of(execution.executionId()), this.applications.of(execution.executionId()));
	}

	private List<StepAnswer> stepsOf(long id) {
		Instant now = this.clock.instant();
		return this.executions.steps(id).stream().map((step) -> StepAnswer.of(step, now)).toList();
	}

	private static String name(@Nullable Principal by) {
		return (by != null) ? by.getName() : "anonymous";
	}

}
