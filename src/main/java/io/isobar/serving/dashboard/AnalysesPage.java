package io.isobar.serving.dashboard;

import java.io.IOException;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.isobar.jobs.ParameterProblem;
import io.isobar.jobs.Sentence;
import io.isobar.provider.Cities;
import io.isobar.serving.adhoc.AdHocAnalyses;
import io.isobar.serving.adhoc.AdHocQuestions;
import io.isobar.serving.adhoc.AdHocTask;
import io.isobar.serving.adhoc.Granularity;
import io.isobar.serving.adhoc.Question;
import io.isobar.serving.adhoc.QuestionRefused;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.web.Csv;
import io.isobar.web.PageInfo;
import io.isobar.web.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.context.support.DefaultMessageSourceResolvable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * Ad hoc analyses for people: a form, what one has asked and how far it is, and the
 * results.
 */
@Controller
class AnalysesPage {

	private static final int LINES = 20;

	private static final int ROWS = 50;

	/** What a new form asks for. */
	private static final int DAYS = 30;

	private final AdHocAnalyses analyses;

	private final AdHocQuestions questions;

	private final Cities cities;

	private final MessageSource messages;

	private final Clock clock;

	AnalysesPage(AdHocAnalyses analyses, AdHocQuestions questions, Cities cities, MessageSource messages, Clock clock) {
		this.analyses = analyses;
		this.questions = questions;
		this.cities = cities;
		this.messages = messages;
		this.clock = clock;
	}

	/** A task as a line and as the head of its page. */
	record Line(AdHocTask task, boolean expired, @Nullable Instant expiry) {

		/** The shape of its state. */
		public String shape() {
			return switch (this.task.status()) {
				case QUEUED -> "queued";
				case RUNNING -> "running";
				case COMPLETED -> "done";
				case FAILED -> "failed";
				case CANCELLED -> "stopped";
			};
		}

		/** The key of the word of its state. */
		public String word() {
			return "analyses.status." + this.task.status().word();
		}

		public String cities() {
			return String.join(", ", this.task.question().cities());
		}

		public List<Metric> metrics() {
			return this.task.question().metrics();
		}

		/** Whether any of them is summed up: a sum of temperatures means nothing. */
		public boolean hasSums() {
			return metrics().stream().anyMatch(Metric::isSum);
		}

		/** The metrics, as a form names them. */
		public List<String> fields() {
			return metrics().stream().map(Metric::field).toList();
		}

	}

	/** A row of a result, whose metric tells how it is written. */
	record Row(String city, String period, Metric metric, @Nullable Double mean, @Nullable Double min,
			@Nullable Double max, @Nullable Double sum, long readings) {
	}

	/** The form and the list. Other addresses fill the form. */
	@GetMapping("/analyses")
	String analyses(@RequestParam(defaultValue = "0") int page, @RequestParam MultiValueMap<String, String> form,
			HttpServletRequest request, Model model) {
		return show(page, form, Map.of(), request, model);
	}

	/** The list alone, as long as something happens. */
	@GetMapping("/analyses/live")
	String live(@RequestParam(defaultValue = "0") int page, HttpServletRequest request, Model model) {
		list(page, request, model);
		return "analyses :: list";
	}

	@PostMapping("/analyses")
	String ask(@RequestParam MultiValueMap<String, String> form, Principal by, Locale locale,
			HttpServletRequest request, HttpServletResponse response, Model model) {
		Map<String, String> errors = new LinkedHashMap<>();
		try {
			AdHocTask task = this.analyses.ask(question(form), by.getName()).orElse(null);
			if (task != null) {
				return "redirect:/analyses/" + task.id();
			}
			errors.put("cities", this.messages.getMessage("analyses.many",
					new Object[] { String.valueOf(AdHocAnalyses.MOST_OPEN) }, locale));
			response.setStatus(HttpStatus.TOO_MANY_REQUESTS.value());
		}
		catch (QuestionRefused ex) {
			errors.put(ex.problem().parameter(), text(ex.problem(), locale));
			response.setStatus(HttpStatus.UNPROCESSABLE_CONTENT.value());
		}
		return show(0, form, errors, request, model);
	}

	private Question question(MultiValueMap<String, String> form) {
		Map<String, @Nullable Object> parts = new LinkedHashMap<>();
		for (String list : List.of("cities", "metrics")) {
			parts.put(list, form.getOrDefault(list, List.of()).stream().filter((each) -> !each.isEmpty()).toList());
		}
		for (String text : List.of("from", "to", "granularity")) {
			String value = form.getFirst(text);
			parts.put(text, (value == null || value.isBlank()) ? null : value.strip());
		}
		return this.questions.read(parts);
	}

	/**
	 * What is wrong with a field, as the page says it; programs are told it in words of
	 * their own.
	 */
	private String text(ParameterProblem problem, Locale locale) {
		Formats formats = new Formats(locale, this.messages);
		Sentence sentence = problem.sentence();
		String what = sentence.getCodes()[0].replaceFirst("^adhoc\\.", "");
		// Whatever else was typed is said back as it is
		boolean ours = what.equals("rows");
		Object[] arguments = Arrays.stream(sentence.getArguments())
			.map((argument) -> (argument instanceof LocalDate day) ? formats.longDay(day)
					: ours ? written(argument.toString(), formats, locale) : argument)
			.toArray();
		return this.messages.getMessage(
				new DefaultMessageSourceResolvable(new String[] { "analyses.error." + what + "." + problem.parameter(),
						"analyses.error." + what, sentence.getCodes()[0] }, arguments, sentence.getDefaultMessage()),
				locale);
	}

	/** A number or a granularity. */
	private String written(String text, Formats formats, Locale locale) {
		return Granularity.words().contains(text)
				? this.messages.getMessage("analyses.granularity." + text, null, locale)
				: formats.count(Long.valueOf(text));
	}

	private String show(int page, MultiValueMap<String, String> form, Map<String, String> errors,
			HttpServletRequest request, Model model) {
		LocalDate today = LocalDate.ofInstant(this.clock.instant(), ZoneId.systemDefault());
		MultiValueMap<String, String> filled = new LinkedMultiValueMap<>(form);
		filled.putIfAbsent("from", List.of(today.minusDays(DAYS).toString()));
		filled.putIfAbsent("to", List.of(today.minusDays(1).toString()));
		filled.putIfAbsent("granularity", List.of(Granularity.DAY.word()));
		model.addAttribute("known", this.cities.all().stream().map(City::name).toList());
		model.addAttribute("metrics", Metric.ALL);
		model.addAttribute("granularities", Granularity.words());
		model.addAttribute("chosenCities", filled.getOrDefault("cities", List.of()));
		model.addAttribute("chosenMetrics", filled.getOrDefault("metrics", List.of()));
		model.addAttribute("from", filled.getFirst("from"));
		model.addAttribute("to", filled.getFirst("to"));
		model.addAttribute("granularity", filled.getFirst("granularity"));
		model.addAttribute("errors", errors);
		list(page, request, model);
		return "analyses";
	}

	private void list(int page, HttpServletRequest request, Model model) {
		String owner = owner(request);
		int number = Math.min(Math.max(0, page), 1_000_000);
		List<Line> lines = this.analyses.page(owner, number, LINES).stream().map(this::line).toList();
		model.addAttribute("lines", lines);
		model.addAttribute("open", lines.stream().anyMatch((line) -> line.task().isOpen()));
		model.addAttribute("page", PageInfo.of(number, LINES, this.analyses.count(owner)));
		surroundings(request, model);
	}

	private void surroundings(HttpServletRequest request, Model model) {
		model.addAttribute("everybody", request.isUserInRole("OPERATOR"));
		model.addAttribute("now", this.clock.instant());
		model.addAttribute("zone", ZoneId.systemDefault());
	}

	private Line line(AdHocTask task) {
		return new Line(task, this.analyses.isExpired(task), this.analyses.expiry(task));
	}

	@GetMapping("/analyses/{id}")
	String analysis(@PathVariable String id, @RequestParam(defaultValue = "0") int page,
			@RequestParam(required = false) @Nullable String sort, HttpServletRequest request, Model model) {
		AdHocTask task = find(id, request);
		show(task, page, sort, request, model);
		return "analysis";
	}

	/** How far it is; the whole page once it has ended. */
	@GetMapping("/analyses/{id}/live")
	String progress(@PathVariable String id, HttpServletRequest request, HttpServletResponse response, Model model) {
		AdHocTask task = find(id, request);
		if (!task.isOpen()) {
			response.setHeader("HX-Refresh", "true");
		}
		surroundings(request, model);
		model.addAttribute("line", line(task));
		return "analysis :: state";
	}

	@PostMapping("/analyses/{id}/cancel")
	String cancel(@PathVariable String id, Principal by, HttpServletRequest request) {
		this.analyses.cancel(find(id, request), by.getName());
		return "redirect:/analyses/" + id;
	}

	/** The whole result, for a spreadsheet. */
	@GetMapping("/analyses/{id}/csv")
	void csv(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) throws IOException {
		AdHocTask task = find(id, request);
		if (!hasResult(task)) {
			throw Problems.notFound("There is no result, or no longer.");
		}
		response.setContentType(Csv.TYPE + ";charset=UTF-8;header=present");
		response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"isobar-" + task.id() + ".csv\"");
		response.setHeader("X-Total-Count", String.valueOf(task.rows()));
		this.analyses.writeCsv(task, response.getOutputStream());
	}

	private boolean hasResult(AdHocTask task) {
		return task.isComplete() && !this.analyses.isExpired(task);
	}

	private void show(AdHocTask task, int page, @Nullable String sort, HttpServletRequest request, Model model) {
		surroundings(request, model);
		model.addAttribute("line", line(task));
		model.addAttribute("sort", sort);
		int number = Math.min(Math.max(0, page), 1_000_000);
		long all = (task.rows() != null) ? task.rows() : 0;
		model.addAttribute("page", PageInfo.of(number, ROWS, all));
		String column = (sort != null) ? sort.split(",", 2)[0] : null;
		boolean known = column != null && AdHocAnalyses.columns().contains(column);
		model.addAttribute("rows",
				hasResult(task) ? this.analyses
					.rows(task, number, ROWS, known ? column : null, known && sort != null && sort.endsWith(",desc"))
					.stream()
					.map((row) -> new Row(row.city(), row.period(), Metric.ofField(row.metric()).orElseThrow(),
							row.mean(), row.min(), row.max(), row.sum(), row.readings()))
					.toList() : null);
	}

	private static @Nullable String owner(HttpServletRequest request) {
		return request.isUserInRole("OPERATOR") ? null : String.valueOf(request.getRemoteUser());
	}

	private AdHocTask find(String id, HttpServletRequest request) {
		return this.analyses.find(id, owner(request))
			.orElseThrow(() -> Problems.notFound("There is no analysis %s.".formatted(Problems.echo(id))));
	}

}
