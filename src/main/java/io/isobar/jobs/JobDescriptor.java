package io.isobar.jobs;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What people and programs are told of a job, and what it takes to launch it. Each job
 * has one as a bean beside its configuration:
 *
 * <pre>
 * JobDescriptor.of("weather_batch_processing", "Collects what is missing, analyses it and publishes a generation.")
 *     .publishing()
 *     .scheduled("0 0 2 * * *", zone)
 *     .with(Parameter.date("from"), Parameter.date("to"), Parameter.choice("recompute", "incremental", "full"))
 *     .range("from", "to");
 * </pre>
 *
 * @param name the name of the job's bean in Spring Batch
 * @param insteadOfLaunching null where people may launch it; else the sentence that says
 * what does
 * @param publishes whether it publishes: then one execution of it runs at a time
 * @param checks what concerns several parameters; asked only where each is right by
 * itself
 */
public record JobDescriptor(String name, String description, @Nullable String insteadOfLaunching, boolean publishes,
		@Nullable Schedule schedule, List<Parameter> parameters,
		List<Function<Map<String, Object>, @Nullable ParameterProblem>> checks) {

	/** Parameters that launching itself adds. */
	static final Set<String> RESERVED = Set.of(Launches.RUN, Launches.DAY, Launches.SCHEDULED, Launches.LAUNCHED_BY);

	public JobDescriptor {
		parameters = List.copyOf(parameters);
		checks = List.copyOf(checks);
		Set<String> names = parameters.stream().map(Parameter::name).collect(Collectors.toSet());
		if (names.size() < parameters.size()) {
			throw new IllegalArgumentException("Job " + name + " declares a parameter twice");
		}
		if (names.stream().anyMatch(RESERVED::contains)) {
			throw new IllegalArgumentException("Job " + name + " can't declare " + RESERVED + ": launching adds them");
		}
	}

	/** A job that people may launch, without parameters. */
	public static JobDescriptor of(String name, String description) {
		return new JobDescriptor(name, description, null, false, null, List.of(), List.of());
	}

	public boolean launchable() {
		return this.insteadOfLaunching == null;
	}

	/** Not launched by people; the sentence tells them what launches it. */
	public JobDescriptor launchedOnlyBy(String sentence) {
		return new JobDescriptor(this.name, this.description, sentence, this.publishes, this.schedule, this.parameters,
				this.checks);
	}

	/** At most one execution runs at a time. */
	public JobDescriptor publishing() {
		return new JobDescriptor(this.name, this.description, this.insteadOfLaunching, true, this.schedule,
				this.parameters, this.checks);
	}

	/** What people are told of when it runs; whoever owns the job launches it then. */
	public JobDescriptor scheduled(String cron, ZoneId zone) {
		return new JobDescriptor(this.name, this.description, this.insteadOfLaunching, this.publishes,
				new Schedule(cron, zone), this.parameters, this.checks);
	}

	public JobDescriptor with(Parameter... declared) {
		return new JobDescriptor(this.name, this.description, this.insteadOfLaunching, this.publishes, this.schedule,
				Stream.concat(this.parameters.stream(), Stream.of(declared)).toList(), this.checks);
	}

	/**
	 * A check of several parameters.
	 * @param problemWhereWrong is given the values as the job would be given them, and
	 * returns what is wrong, or null
	 */
	public JobDescriptor checked(Function<Map<String, Object>, @Nullable ParameterProblem> problemWhereWrong) {
		return new JobDescriptor(this.name, this.description, this.insteadOfLaunching, this.publishes, this.schedule,
				this.parameters, Stream.concat(this.checks.stream(), Stream.of(problemWhereWrong)).toList());
	}

	/** Two dates that come together or not at all, the first not after the second. */
	public JobDescriptor range(String from, String to) {
		return checked((values) -> {
			LocalDate first = (LocalDate) values.get(from);
			LocalDate last = (LocalDate) values.get(to);
			if (first == null && last != null) {
				return together(from, to);
			}
			if (first != null && last == null) {
				return together(to, from);
			}
			if (first != null && last != null && last.isBefore(first)) {
				return ParameterProblem.of(to, "order", "{0} is before {1}, {2}. Exchange them.", last, from, first);
			}
			return null;
		});
	}

	private static ParameterProblem together(String missing, String there) {
		return ParameterProblem.of(missing, "together", "is missing, but {0} is there. Give both, or neither.", there);
	}

	public Optional<Parameter> parameter(String named) {
		return this.parameters.stream().filter((parameter) -> parameter.name().equals(named)).findFirst();
	}

	/**
	 * The values as the job is given them, in the order they are declared.
	 * @throws JobRefusal.WrongParameters where any is missing, unknown or wrong; it names
	 * them all
	 */
	public Map<String, Object> read(Map<String, String> given) {
		List<ParameterProblem> problems = new ArrayList<>();
		Map<String, Object> values = new LinkedHashMap<>();
		for (Parameter parameter : this.parameters) {
			String value = given.getOrDefault(parameter.name(), parameter.defaultValue());
			if (value == null && parameter.required()) {
				problems.add(ParameterProblem.of(parameter.name(), "missing", "is missing, but {0} needs it. {1}",
						this.name, (parameter.example() != null) ? "For example: " + parameter.example() + "."
								: parameter.help()));
			}
			else if (value != null) {
				try {
					values.put(parameter.name(), parameter.read(value));
				}
				catch (Parameter.Wrong ex) {
					problems.add(ex.problem());
				}
			}
		}
		given.keySet()
			.stream()
			.filter((named) -> parameter(named).isEmpty())
			.sorted()
			.forEach((named) -> problems.add(unknown(named)));
		if (problems.isEmpty()) {
			this.checks.stream()
				.map((check) -> Optional.ofNullable(check.apply(values)))
				.flatMap(Optional::stream)
				.forEach(problems::add);
		}
		if (!problems.isEmpty()) {
			throw new JobRefusal.WrongParameters(problems);
		}
		return values;
	}

	private ParameterProblem unknown(String named) {
		if (this.parameters.isEmpty()) {
			return ParameterProblem.of(named, "none", "{0} takes no parameters. Leave it out.", this.name);
		}
		return ParameterProblem.of(named, "unknown", "{0} has no such parameter. Possible: {1}.", this.name,
				this.parameters.stream().map(Parameter::name).collect(Collectors.joining(", ")));
	}

}
