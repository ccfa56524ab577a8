package io.isobar.console;

import java.security.Principal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.isobar.batch.Dataset;
import io.isobar.batch.GenerationRefusal;
import io.isobar.batch.Generations;
import io.isobar.web.Problems;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The generations that are kept, and which one readers see, for programs. */
@RestController
@RequestMapping(path = "/api/batch/generations", produces = MediaType.APPLICATION_JSON_VALUE)
class GenerationsController {

	private final Generations generations;

	GenerationsController(Generations generations) {
		this.generations = generations;
	}

	@GetMapping
	List<GenerationAnswer> generations() {
		return this.generations.kept().stream().map(GenerationAnswer::of).toList();
	}

	@PutMapping("/{generation:[0-9]{1,9}}")
	GenerationAnswer makeCurrent(@PathVariable int generation, @RequestParam boolean current, @Nullable Principal by) {
		if (!current) {
			throw Problems.badParameter("current",
					"only true is possible. Make another generation current; then this one is no longer.");
		}
		return GenerationAnswer.of(this.generations.makeCurrent(generation, name(by)));
	}

	/**
	 * Scheduled runs publish nothing.
	 *
	 * @param from the generation that was current before somebody went back
	 * @param to the one that was made current
	 */
	record HoldAnswer(String dataset, Instant since, String by, int from, int to) {

		static HoldAnswer of(Generations.Hold hold) {
			return new HoldAnswer(hold.dataset().column(), hold.since(), hold.by(), hold.from(), hold.to());
		}

	}

	@GetMapping("/holds")
	List<HoldAnswer> holds() {
		return this.generations.holds().stream().map(HoldAnswer::of).toList();
	}

	/** Answers with what is still held. */
	@PutMapping("/holds/{dataset}")
	List<HoldAnswer> release(@PathVariable String dataset, @RequestParam boolean release, @Nullable Principal by) {
		if (!release) {
			throw Problems.badParameter("release",
					"only true is possible. Going back to a generation holds publishing.");
		}
		this.generations.release(dataset(dataset), name(by));
		return holds();
	}

	static Dataset dataset(String name) {
		return Arrays.stream(Dataset.values())
			.filter((dataset) -> dataset.column().equals(name))
			.findFirst()
			.orElseThrow(() -> Problems.notFound("There is no dataset " + Problems.echo(name) + ". Possible: "
					+ Arrays.stream(Dataset.values()).map(Dataset::column).collect(Collectors.joining(", ")) + "."));
	}

	@ExceptionHandler
	ProblemDetail refused(GenerationRefusal refusal) {
		return Problems.of(status(refusal), refusal.sentence().text());
	}

	static HttpStatus status(GenerationRefusal refusal) {
		if (refusal instanceof GenerationRefusal.Unknown) {
			return HttpStatus.NOT_FOUND;
		}
		return (refusal instanceof GenerationRefusal.NoLongerKept
				|| refusal instanceof GenerationRefusal.CanNotBeCompleted) ? HttpStatus.CONFLICT
						: HttpStatus.UNPROCESSABLE_CONTENT;
	}

	private static String name(@Nullable Principal by) {
		return (by != null) ? by.getName() : "anonymous";
	}

}
