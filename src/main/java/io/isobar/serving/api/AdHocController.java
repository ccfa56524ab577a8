package io.isobar.serving.api;

import java.io.IOException;
import java.net.URI;
import java.security.Principal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.isobar.serving.adhoc.AdHocAnalyses;
import io.isobar.serving.adhoc.AdHocQuestions;
import io.isobar.serving.adhoc.AdHocTask;
import io.isobar.serving.adhoc.QuestionRefused;
import io.isobar.serving.adhoc.ResultRow;
import io.isobar.web.Csv;
import io.isobar.web.PageInfo;
import io.isobar.web.PageNumber;
import io.isobar.web.PageSize;
import io.isobar.web.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Ad hoc analyses: a question is asked, its state looked at, its result fetched. A task
 * is its owner's, and operators see all; for anybody else it does not exist.
 */
@RestController
class AdHocController {

	private final AdHocAnalyses analyses;

	private final AdHocQuestions questions;

	private final ObjectReader json;

	AdHocController(AdHocAnalyses analyses, AdHocQuestions questions, JsonMapper json) {
		this.analyses = analyses;
		this.questions = questions;
		this.json = json.reader()
			.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
	}

	record RunAnswer(String taskId, String status) {
	}

	/**
	 * How far a task is.
	 *
	 * @param before how many come before it in the queue
	 * @param rows of its result
	 * @param expiresAt until when the result is kept
	 */
	record StatusAnswer(String taskId, String status, double progress, Instant createdAt, @Nullable Instant startedAt,
			@Nullable Instant endedAt, @Nullable String error, String owner, long before, @Nullable Long rows,
			@Nullable Instant expiresAt) {
	}

	record RowsAnswer(PageInfo page, List<ResultRow> rows) {
	}

	@PostMapping(path = "/api/run", consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<RunAnswer> run(@RequestBody(required = false) byte @Nullable [] body, Principal by) {
		AdHocTask task;
		try {
			task = this.analyses.ask(this.questions.read(parts(body)), by.getName())
				.orElseThrow(() -> Problems.failure(HttpStatus.TOO_MANY_REQUESTS,
						"%d analyses of yours wait or are computed. Wait for some of them, or cancel them."
							.formatted(AdHocAnalyses.MOST_OPEN)));
		}
		catch (QuestionRefused ex) {
			String part = ex.problem().parameter();
			throw ex.isUnknown() ? Problems.notFound(ex.problem().text())
					: Problems.badParameter(part, ex.problem().sentence().text());
		}
		return ResponseEntity.accepted()
			.location(URI.create("/api/status/" + task.id()))
			.body(new RunAnswer(task.id().toString(), task.status().word()));
	}

	/** The parts of the question, as far as they are texts and lists of texts. */
	private Map<String, @Nullable Object> parts(byte @Nullable [] body) {
		try {
			JsonNode question = (body != null && body.length > 0) ? this.json.readTree(body) : null;
			if (question != null && question.isObject()) {
				Map<String, @Nullable Object> parts = new LinkedHashMap<>();
				question.properties().forEach((part) -> parts.put(part.getKey(), value(part.getValue())));
				return parts;
			}
		}
		catch (JacksonException ex) {
			// Said below
		}
		throw Problems.failure(HttpStatus.BAD_REQUEST,
				"The body is missing, or is no well-formed JSON object. Write the question as {\"cities\":[\"Paris\"],\"from\":\"2024-01-01\",\"to\":\"2024-12-31\",\"metrics\":[\"temperature\"],\"granularity\":\"day\"}.");
	}

	/** Whatever is no text is told back as it was written. */
	private static @Nullable Object value(JsonNode node) {
		if (node.isNull()) {
			return null;
		}
		if (node.isArray()) {
			return node.valueStream().map((each) -> each.isString() ? each.stringValue() : each).toList();
		}
		return node.isString() ? node.stringValue() : node;
	}

	@GetMapping(path = "/api/status/{taskId}", produces = MediaType.APPLICATION_JSON_VALUE)
	StatusAnswer status(@PathVariable String taskId, HttpServletRequest request) {
		AdHocTask task = find(taskId, request);
		return new StatusAnswer(task.id().toString(), task.status().word(), task.progress(), task.createdAt(),
				task.startedAt(), task.endedAt(), task.error(), task.owner(), task.before(), task.rows(),
				this.analyses.expiry(task));
	}

	@DeleteMapping("/api/status/{taskId}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void cancel(@PathVariable String taskId, HttpServletRequest request, Principal by) {
		AdHocTask task = find(taskId, request);
		if (!this.analyses.cancel(task, by.getName())) {
			AdHocTask now = find(taskId, request);
			if (now.status() != AdHocTask.Status.CANCELLED) {
				throw Problems.failure(HttpStatus.CONFLICT,
						"The analysis has ended already (%s), so there is nothing to cancel."
							.formatted(now.status().word()));
			}
		}
	}

	/** A page of the result; in CSV all of it, by city, period and metric. */
	@GetMapping(path = "/api/fetch/{taskId}", produces = { MediaType.APPLICATION_JSON_VALUE, Csv.TYPE })
	@Nullable ResponseEntity<RowsAnswer> fetch(@PathVariable String taskId,
			@RequestParam(required = false) @PageNumber @Nullable Integer page,
			@RequestParam(required = false) @PageSize @Nullable Integer size,
			@RequestParam(required = false) @Nullable String sort, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		String column = column(sort);
		AdHocTask task = find(taskId, request);
		requireResult(task);
		if (isCsv(request)) {
			refuse("page", page);
			refuse("size", size);
			refuse("sort", sort);
			write(task, response);
			return null;
		}
		int number = (page != null) ? page : 0;
		int rows = (size != null) ? size : Integer.parseInt(PageSize.DEFAULT);
		long all = (task.rows() != null) ? task.rows() : 0;
		return ResponseEntity.ok(new RowsAnswer(PageInfo.of(number, rows, all),
				this.analyses.rows(task, number, rows, column, sort != null && sort.endsWith(",desc"))));
	}

	private static @Nullable String column(@Nullable String sort) {
		if (sort == null) {
			return null;
		}
		String column = sort.replaceFirst(",(asc|desc)$", "");
		if (!AdHocAnalyses.columns().contains(column)) {
			throw Problems.badParameter("sort",
					"%s is not possible. Write it as city,asc or mean,desc; the columns are %s."
						.formatted(Problems.echo(sort), String.join(", ", AdHocAnalyses.columns())));
		}
		return column;
	}

	private static void refuse(String name, @Nullable Object value) {
		if (value != null) {
			throw Problems.badParameter(name,
					"is not possible with CSV, which has all rows by city, period and metric. Leave it out.");
		}
	}

	private void requireResult(AdHocTask task) {
		if (this.analyses.isExpired(task)) {
			throw Problems.failure(HttpStatus.GONE,
					"The result of this analysis has expired: it was kept until %s. Ask again by POST /api/run."
						.formatted(this.analyses.expiry(task)));
		}
		if (!task.isComplete()) {
			throw Problems.failure(HttpStatus.CONFLICT, switch (task.status()) {
				case FAILED -> "The analysis has failed, so there is no result. " + task.error();
				case CANCELLED -> "The analysis was cancelled, so there is no result.";
				default -> "The analysis is %s, so there is no result yet. GET /api/status/%s tells how far it is."
					.formatted(task.status().word(), task.id());
			});
		}
	}

	/** What the request would rather have; either is possible for it. */
	private static boolean isCsv(HttpServletRequest request) {
		String accept = request.getHeader(HttpHeaders.ACCEPT);
		if (accept == null) {
			return false;
		}
		List<MediaType> types = MediaType.parseMediaTypes(accept);
		MimeTypeUtils.sortBySpecificity(types);
		return quality(types, MediaType.parseMediaType(Csv.TYPE)) > quality(types, MediaType.APPLICATION_JSON);
	}

	/** That of the most specific one that has it. */
	private static double quality(List<MediaType> types, MediaType one) {
		return types.stream()
			.filter((type) -> type.includes(one))
			.findFirst()
			.map(MediaType::getQualityValue)
			.orElse(0.0);
	}

	/** Tells in a header how many rows there are, so that who gets fewer notices. */
	private void write(AdHocTask task, HttpServletResponse response) throws IOException {
		response.setContentType(Csv.TYPE + ";charset=UTF-8;header=present");
		response.setHeader("X-Total-Count", String.valueOf(task.rows()));
		this.analyses.writeCsv(task, response.getOutputStream());
	}

	private AdHocTask find(String taskId, HttpServletRequest request) {
		String owner = request.isUserInRole("OPERATOR") ? null : String.valueOf(request.getRemoteUser());
		return this.analyses.find(taskId, owner).orElseThrow(() -> unknown(taskId));
	}

	private static ErrorResponseException unknown(String taskId) {
		return Problems
			.notFound("taskId: there is no analysis %s, or it is not yours.".formatted(Problems.echo(taskId)));
	}

}
