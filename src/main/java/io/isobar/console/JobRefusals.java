package io.isobar.console;

import java.util.Map;

import io.isobar.jobs.JobRefusal;
import io.isobar.web.Problems;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Tells programs why something that was asked of a job is not done. */
@RestControllerAdvice(annotations = RestController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class JobRefusals {

	@ExceptionHandler
	ProblemDetail refused(JobRefusal refusal) {
		ProblemDetail problem = Problems.of(status(refusal), refusal.sentence().text());
		if (refusal instanceof JobRefusal.WrongParameters wrong) {
			problem.setProperty("errors", wrong.problems()
				.stream()
				.map((parameter) -> Map.of("parameter", parameter.parameter(), "message", parameter.sentence().text()))
				.toList());
		}
		return problem;
	}

	static HttpStatus status(JobRefusal refusal) {
		if (refusal instanceof JobRefusal.UnknownJob || refusal instanceof JobRefusal.UnknownExecution) {
			return HttpStatus.NOT_FOUND;
		}
		return (refusal instanceof JobRefusal.AlreadyRunning) ? HttpStatus.CONFLICT : HttpStatus.UNPROCESSABLE_CONTENT;
	}

}
