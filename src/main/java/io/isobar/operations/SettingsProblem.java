package io.isobar.operations;

import java.util.List;

/** All that is wrong with the settings, a sentence each. */
class SettingsProblem extends RuntimeException {

	private final List<String> sentences;

	SettingsProblem(List<String> sentences) {
		super((sentences.size() == 1) ? "One setting is wrong" : sentences.size() + " settings are wrong");
		this.sentences = List.copyOf(sentences);
	}

	List<String> sentences() {
		return this.sentences;
	}

}
