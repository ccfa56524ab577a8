package io.isobar.jobs;

/**
 * What is wrong with one parameter of a launch.
 *
 * @param sentence without the parameter's name
 */
public record ParameterProblem(String parameter, Sentence sentence) {

	public static ParameterProblem of(String parameter, String code, String english, Object... arguments) {
		return new ParameterProblem(parameter, Sentence.of("jobs.parameter." + code, english, arguments));
	}

	/** The sentence, led by the parameter's name. */
	public String text() {
		return this.parameter + ": " + this.sentence;
	}

}
