package io.isobar.console;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.ParameterProblem;
import io.isobar.jobs.Sentence;
import io.isobar.serving.dashboard.Formats;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.BatchStatus;
import org.springframework.context.MessageSource;
import org.springframework.context.support.DefaultMessageSourceResolvable;

/**
 * What jobs say of themselves, in the language of a page. Jobs speak English; other
 * languages are in {@code sentences_*.properties}, by the code of a sentence, or by
 * {@code job.<name>} and what follows.
 */
class Words {

	private final MessageSource messages;

	private final Locale locale;

	private final Formats formats;

	Words(MessageSource messages, Locale locale) {
		this.messages = messages;
		this.locale = locale;
		this.formats = new Formats(locale, messages);
	}

	String of(Sentence sentence) {
		Object[] arguments = Arrays.stream(sentence.getArguments()).map(this::written).toArray();
		return this.messages.getMessage(
				new DefaultMessageSourceResolvable(sentence.getCodes(), arguments, sentence.getDefaultMessage()),
				this.locale);
	}

	/** The sentence, led by the name of the parameter. */
	String of(ParameterProblem problem) {
		return this.messages.getMessage("launch.problem", new Object[] { problem.parameter(), of(problem.sentence()) },
				this.locale);
	}

	private Object written(Object argument) {
		if (argument instanceof BatchStatus status) {
			return of(State.word(status), status.name());
		}
		if (argument instanceof LocalDate day) {
			return this.formats.longDay(day);
		}
		return (argument instanceof Instant instant) ? this.formats.instant(instant, ZoneId.systemDefault()) : argument;
	}

	/** What the job does. */
	String description(JobDescriptor job) {
		return of("job." + job.name(), job.description());
	}

	/** What launches the job, where people may not; else null. */
	@Nullable String instead(JobDescriptor job) {
		String instead = job.insteadOfLaunching();
		return (instead != null) ? of("job." + job.name() + ".instead", instead) : null;
	}

	/** What the parameter means; empty where nobody has said. */
	String help(JobDescriptor job, Parameter parameter) {
		return of("job." + job.name() + "." + parameter.name(), parameter.help());
	}

	private String of(String code, String english) {
		String text = this.messages.getMessage(code, null, english, this.locale);
		return (text != null) ? text : english;
	}

}
