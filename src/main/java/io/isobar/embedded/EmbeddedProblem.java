package io.isobar.embedded;

import org.jspecify.annotations.Nullable;

/** Why the embedded servers can't run, in words for the person who started them. */
class EmbeddedProblem extends RuntimeException {

	private final String whatToDo;

	/**
	 * @param what what is wrong and why, in whole sentences
	 * @param whatToDo the way out, in whole sentences
	 */
	EmbeddedProblem(String what, String whatToDo) {
		this(what, whatToDo, null);
	}

	EmbeddedProblem(String what, String whatToDo, @Nullable Throwable cause) {
		super(what, cause);
		this.whatToDo = whatToDo;
	}

	String what() {
		return String.valueOf(getMessage());
	}

	String whatToDo() {
		return this.whatToDo;
	}

}
