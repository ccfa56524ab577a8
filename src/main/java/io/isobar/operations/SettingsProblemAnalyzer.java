package io.isobar.operations;

import java.util.stream.Collectors;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says a {@link SettingsProblem} at the end of the start, in place of a stack trace. */
class SettingsProblemAnalyzer extends AbstractFailureAnalyzer<SettingsProblem> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SettingsProblem problem) {
		int count = problem.sentences().size();
		String list = problem.sentences()
			.stream()
			.map((sentence) -> "  - " + sentence)
			.collect(Collectors.joining("\n"));
		return new FailureAnalysis(problem.getMessage() + ":\n" + list,
				"Nothing was started. Correct " + ((count == 1) ? "it" : "them") + " and start again.", problem);
	}

}
