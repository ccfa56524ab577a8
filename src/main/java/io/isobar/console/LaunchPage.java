package io.isobar.console;

import java.security.Principal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.isobar.jobs.CityNames;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Jobs;
import io.isobar.jobs.Launches;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.ParameterProblem;
import io.isobar.web.Problems;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The form that launches a job, made from the parameters that the job declares. */
@Controller
class LaunchPage {

	private static final String ADDRESS = "/jobs/{name}/launch";

	private static final String TEMPLATE = "jobs/launch";

	private final Jobs jobs;

	private final Executions executions;

	private final Launches launches;

	private final MessageSource messages;

	LaunchPage(Jobs jobs, Executions executions, Launches launches, MessageSource messages) {
		this.jobs = jobs;
		this.executions = executions;
		this.launches = launches;
		this.messages = messages;
	}

	/**
	 * A field of the form.
	 *
	 * @param type of the parameter, in lower case
	 * @param options what can be chosen; where the parameter may be left out, the empty
	 * one too
	 * @param values what stands in it, several for a list
	 */
	record Field(String name, String type, boolean required, String help, @Nullable String example,
			Collection<String> options, Collection<String> values) {

		public String value() {
			return this.values.isEmpty() ? "" : this.values.iterator().next();
		}

	}

	/**
	 * The form.
	 * @param again an execution whose parameters are to stand in it
	 */
	@GetMapping(ADDRESS)
	String form(@PathVariable String name, @RequestParam(required = false) @Nullable Long again, Locale locale,
			Model model) {
		JobDescriptor job = find(name);
		Map<String, String> given = Map.of();
		if (again != null) {
			Execution execution = this.executions.find(again)
				.filter((found) -> found.jobName().equals(name))
				.orElseThrow(() -> ActionPage.unknown(again));
			given = execution.parameters();
			model.addAttribute("again", again);
		}
		show(job, given, locale, model);
		return TEMPLATE;
	}

	@PostMapping(ADDRESS)
	String launch(@PathVariable String name, @RequestParam MultiValueMap<String, String> form, Principal by,
			Locale locale, Model model, HttpServletResponse response) {
		JobDescriptor job = find(name);
		Map<String, String> given = given(job, form);
		try {
			return "redirect:/jobs/executions/" + this.launches.launch(name, given, by.getName()).executionId();
		}
		catch (JobRefusal refusal) {
			Words words = new Words(this.messages, locale);
			if (refusal instanceof JobRefusal.WrongParameters wrong) {
				model.addAttribute("errors",
						wrong.problems()
							.stream()
							.collect(Collectors.toMap(ParameterProblem::parameter, (problem) -> words.of(problem),
									(first, second) -> first, LinkedHashMap::new)));
			}
			else {
				model.addAttribute("refused", words.of(refusal.sentence()));
				model.addAttribute("running", this.executions.running(name));
			}
			show(job, given, locale, model);
			response.setStatus(JobRefusals.status(refusal).value());
			return TEMPLATE;
		}
	}

	/** What was filled in; what was left empty is not given. */
	private static Map<String, String> given(JobDescriptor job, MultiValueMap<String, String> form) {
		Map<String, String> given = new LinkedHashMap<>();
		for (Parameter parameter : job.parameters()) {
			String value = form.getOrDefault(parameter.name(), List.of())
				.stream()
				.map(String::strip)
				.filter((each) -> !each.isEmpty())
				.collect(Collectors.joining(","));
			if (!value.isEmpty()) {
				given.put(parameter.name(), value);
			}
		}
		return given;
	}

	private void show(JobDescriptor job, Map<String, String> given, Locale locale, Model model) {
		Words words = new Words(this.messages, locale);
		model.addAttribute("job", job);
		model.addAttribute("description", words.description(job));
		model.addAttribute("instead", words.instead(job));
		model.addAttribute("fields",
				job.parameters()
					.stream()
					.map((parameter) -> field(parameter, given.get(parameter.name()), words.help(job, parameter)))
					.toList());
		if (!model.containsAttribute("errors")) {
			model.addAttribute("errors", Map.of());
		}
	}

	private static Field field(Parameter parameter, @Nullable String given, String help) {
		String value = (given != null) ? given : parameter.defaultValue();
		List<String> options = new ArrayList<>();
		if (parameter.defaultValue() == null) {
			options.add("");
		}
		Collection<String> values = (value != null) ? List.of(value) : List.of();
		switch (parameter.type()) {
			case BOOLEAN -> options.addAll(List.of("true", "false"));
			case CHOICE -> options.addAll(parameter.choices().get());
			case CITIES -> {
				// One that was removed since stays to be seen; launching refuses it
				Collection<String> known = parameter.choices().get();
				values = (value != null) ? CityNames.split(value, known) : List.of();
				Set<String> all = new LinkedHashSet<>(known);
				all.addAll(values);
				options = List.copyOf(all);
			}
			default -> options = List.of();
		}
		return new Field(parameter.name(), parameter.type().name().toLowerCase(Locale.ROOT), parameter.required(), help,
				parameter.example(), options, values);
	}

	private JobDescriptor find(String name) {
		return this.jobs.find(name)
			.orElseThrow(() -> Problems.notFound("There is no job " + Problems.echo(name) + ". /jobs lists them."));
	}

}
