package io.isobar.embedded;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says an {@link EmbeddedProblem} at the end of the start, in place of a stack trace. */
class EmbeddedProblemAnalyzer extends AbstractFailureAnalyzer<EmbeddedProblem> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, EmbeddedProblem problem) {
		return new FailureAnalysis(problem.what(), problem.whatToDo(), problem);
	}

}
