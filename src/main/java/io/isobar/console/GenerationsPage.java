package io.isobar.console;

import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.isobar.batch.Dataset;
import io.isobar.batch.Generation;
import io.isobar.batch.GenerationRefusal;
import io.isobar.batch.Generations;
import io.isobar.jobs.Sentence;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;

/**
 * The results that the batch layer has published, and which one readers see; goes back
 * and forward among them, after asking once more.
 */
@Controller
class GenerationsPage {

	private static final String LIST = "/jobs/generations";

	private static final String CURRENT = LIST + "/{number:[0-9]{1,9}}/current";

	private static final String RELEASE = LIST + "/{dataset:weather|orders}/release";

	private static final String CONFIRM = "jobs/generation";

	private final Generations generations;

	private final MessageSource messages;

	GenerationsPage(Generations generations, MessageSource messages) {
		this.generations = generations;
		this.messages = messages;
	}

	/**
	 * A generation with the durations of its steps.
	 *
	 * @param more how many readings it counts more than the one before it; null where
	 * none before it is kept
	 */
	record GenerationRow(Generation generation, @Nullable Long more, Map<String, Duration> durations) {

	}

	@GetMapping(LIST)
	String generations(Model model) {
		List<GenerationRow> rows = new ArrayList<>();
		Map<Dataset, GenerationRow> after = new HashMap<>();
		for (Generation generation : this.generations.kept()) {
			GenerationRow newer = after.get(generation.dataset());
			if (newer != null) {
				rows.set(rows.indexOf(newer), new GenerationRow(newer.generation(),
						newer.generation().readings() - generation.readings(), newer.durations()));
			}
			GenerationRow row = new GenerationRow(generation, null, GenerationAnswer.durations(generation));
			after.put(generation.dataset(), row);
			rows.add(row);
		}
		model.addAttribute("generations", rows);
		model.addAttribute("holds", this.generations.holds());
		return "jobs/generations";
	}

	@GetMapping(CURRENT)
	String askCurrent(@PathVariable int number, Locale locale, Model model, HttpServletResponse response) {
		Generation wanted = this.generations.kept()
			.stream()
			.filter((kept) -> kept.number() == number)
			.findFirst()
			.orElse(null);
		if (wanted == null) {
			return refused(this.generations.refusal(number), locale, model, response);
		}
		Generation now = this.generations.current(wanted.dataset()).orElseThrow();
		String effect = (number < now.number()) ? "generations.back.effect"
				: (number > now.number()) ? "generations.forward.effect" : "generations.same.effect";
		show("generations.make", text("generations.make.title", locale, number),
				text(effect, locale, number, now.number()), LIST + "/" + number + "/current", model);
		return CONFIRM;
	}

	@PostMapping(CURRENT)
	String makeCurrent(@PathVariable int number, Principal by, Locale locale, Model model,
			HttpServletResponse response) {
		try {
			this.generations.makeCurrent(number, by.getName());
			return "redirect:" + LIST;
		}
		catch (GenerationRefusal refusal) {
			return refused(refusal, locale, model, response);
		}
	}

	@GetMapping(RELEASE)
	String askRelease(@PathVariable String dataset, Locale locale, Model model) {
		show("generations.release", text("generations.release.title", locale),
				text("generations.release.effect", locale), LIST + "/" + dataset + "/release", model);
		return CONFIRM;
	}

	@PostMapping(RELEASE)
	String release(@PathVariable String dataset, Principal by) {
		this.generations.release(GenerationsController.dataset(dataset), by.getName());
		return "redirect:" + LIST;
	}

	private static void show(String button, String title, String effect, String address, Model model) {
		model.addAttribute("button", button);
		model.addAttribute("title", title);
		model.addAttribute("effect", effect);
		model.addAttribute("address", address);
	}

	private String refused(GenerationRefusal refusal, Locale locale, Model model, HttpServletResponse response) {
		response.setStatus(GenerationsController.status(refusal).value());
		Sentence sentence = refusal.sentence();
		show("generations.make", text("generations.title", locale), "", LIST, model);
		model.addAttribute("refused", new Words(this.messages, locale).of(sentence));
		return CONFIRM;
	}

	private String text(String key, Locale locale, Object... arguments) {
		Object[] texts = new Object[arguments.length];
		for (int i = 0; i < arguments.length; i++) {
			texts[i] = String.valueOf(arguments[i]);
		}
		return this.messages.getMessage(key, texts, locale);
	}

}
