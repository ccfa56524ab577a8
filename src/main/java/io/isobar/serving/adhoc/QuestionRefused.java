package io.isobar.serving.adhoc;

import io.isobar.jobs.ParameterProblem;
import io.isobar.jobs.Sentence;

/** A question that can't be answered, because of one of its parts. */
public final class QuestionRefused extends RuntimeException {

	private final transient ParameterProblem problem;

	private final boolean unknown;

	QuestionRefused(String part, Sentence sentence) {
		this(part, sentence, false);
	}

	/**
	 * @param unknown whether it names something that does not exist, rather than being
	 * malformed
	 */
	QuestionRefused(String part, Sentence sentence, boolean unknown) {
		super(part + ": " + sentence.text(), null, false, false);
		this.problem = new ParameterProblem(part, sentence);
		this.unknown = unknown;
	}

	/** What is wrong, and with which part. */
	public ParameterProblem problem() {
		return this.problem;
	}

	public boolean isUnknown() {
		return this.unknown;
	}

}
