package io.isobar.jobs;

import java.util.List;
import java.util.stream.Collectors;

/** Why something that was asked of a job is not done; nothing has changed. */
public abstract sealed class JobRefusal extends RuntimeException {

	private final transient Sentence sentence;

	private JobRefusal(Sentence sentence) {
		super(sentence.text(), null, false, false);
		this.sentence = sentence;
	}

	/** What is wrong, why, and what to do. */
	public Sentence sentence() {
		return this.sentence;
	}

	/** There is no such job. */
	public static final class UnknownJob extends JobRefusal {

		UnknownJob(String name, List<String> known) {
			super(Sentence.of("jobs.unknown", "There is no job {0}. The jobs are {1}.", name,
					String.join(", ", known)));
		}

	}

	/** There is no such execution. */
	public static final class UnknownExecution extends JobRefusal {

		public UnknownExecution(long executionId) {
			super(Sentence.of("jobs.execution.unknown",
					"There is no execution {0}. It may have been deleted; the list of executions has those there are.",
					executionId));
		}

	}

	/** Another execution, which is running, is in the way. */
	public static final class AlreadyRunning extends JobRefusal {

		AlreadyRunning(Sentence sentence) {
			super(sentence);
		}

	}

	/** It can't be done in the state the execution or the job is in. */
	public static final class NotLegal extends JobRefusal {

		NotLegal(Sentence sentence) {
			super(sentence);
		}

	}

	/** Parameters are missing, unknown or wrong. */
	public static final class WrongParameters extends JobRefusal {

		private final transient List<ParameterProblem> problems;

		public WrongParameters(List<ParameterProblem> problems) {
			super(Sentence.of("jobs.parameters.wrong", "{0}",
					problems.stream().map(ParameterProblem::text).collect(Collectors.joining(" "))));
			this.problems = List.copyOf(problems);
		}

		public List<ParameterProblem> problems() {
			return this.problems;
		}

	}

}
