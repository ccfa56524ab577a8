package io.isobar.console;

import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Launches;
import io.isobar.web.Problems;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Asks once more, naming the effect, then does it, or says why it is not done. */
@Controller
class ActionPage {

	private static final String ADDRESS = ExecutionsPage.ONE + "/{action:restart|stop|abandon|delete}";

	private static final String TEMPLATE = "jobs/confirm";

	private final Executions executions;

	private final Launches launches;

	private final MessageSource messages;

	ActionPage(Executions executions, Launches launches, MessageSource messages) {
		this.executions = executions;
		this.launches = launches;
		this.messages = messages;
	}

	@GetMapping(ADDRESS)
	String ask(@PathVariable long id, @PathVariable String action, Locale locale, Model model) {
		Execution execution = find(id);
		show(execution, action, locale, model);
		Action.of(action)
			.flatMap((each) -> each.refused(execution))
			.ifPresent((refusal) -> refused(refusal, locale, model));
		return TEMPLATE;
	}

	@PostMapping(ADDRESS)
	String act(@PathVariable long id, @PathVariable String action, Principal by, Locale locale, Model model,
			RedirectAttributes next, HttpServletResponse response) {
		try {
			long shown = switch (Action.of(action).orElseThrow()) {
				case RESTART -> this.launches.restart(id, by.getName()).executionId();
				case STOP -> this.launches.stop(id, by.getName()).executionId();
				case ABANDON -> this.launches.abandon(id, by.getName()).executionId();
				case DELETE -> {
					this.launches.delete(id, by.getName());
					yield 0;
				}
			};
			if (shown == 0) {
				next.addFlashAttribute("deleted", id);
				return "redirect:/jobs/executions";
			}
			return "redirect:/jobs/executions/" + shown;
		}
		catch (JobRefusal refusal) {
			show(find(id), action, locale, model);
			refused(refusal, locale, model);
			response.setStatus(JobRefusals.status(refusal).value());
			return TEMPLATE;
		}
	}

	private void show(Execution execution, String action, Locale locale, Model model) {
		model.addAttribute("execution", execution);
		model.addAttribute("action", action);
		model.addAttribute("effect", action.equals(Action.RESTART.path()) ? restartEffect(execution, locale)
				: text("confirm." + action + ".effect", locale, execution.executionId(), execution.jobName()));
	}

	private String restartEffect(Execution execution, Locale locale) {
		String step = ExecutionsPage.restartAt(this.executions.steps(execution.executionId()));
		if (step == null) {
			return text("confirm.restart.end", locale, execution.executionId());
		}
		List<String> before = this.executions.completedBefore(execution.instanceId(), step);
		return text("confirm.restart.at", locale, execution.executionId(), step)
				+ (before.isEmpty() ? "" : " " + text("confirm.restart.kept", locale, String.join(", ", before)));
	}

	private String text(String key, Locale locale, Object... arguments) {
		return this.messages.getMessage(key, Arrays.stream(arguments).map(String::valueOf).toArray(), locale);
	}

	private void refused(JobRefusal refusal, Locale locale, Model model) {
		model.addAttribute("refused", new Words(this.messages, locale).of(refusal.sentence()));
	}

	private Execution find(long id) {
		return this.executions.find(id).orElseThrow(() -> unknown(id));
	}

	static ErrorResponseException unknown(long id) {
		return Problems.notFound(new JobRefusal.UnknownExecution(id).sentence().text());
	}

}
