package io.isobar.console;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.isobar.batch.Generation;
import io.isobar.batch.Generations;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The results that the batch layer has published, and which one readers see. */
@Controller
class GenerationsPage {

	private final Generations generations;

	GenerationsPage(Generations generations) {
		this.generations = generations;
	}

	/** A generation with the durations of its steps. */
	record GenerationRow(Generation generation, Map<String, Duration> durations) {

		static GenerationRow of(Generation generation) {
			Map<String, Duration> durations = new LinkedHashMap<>();
			generation.durations().forEach((step, millis) -> durations.put(step, Duration.ofMillis(millis)));
			return new GenerationRow(generation, durations);
		}

	}

	@GetMapping("/jobs/generations")
	String generations(Model model) {
		model.addAttribute("generations", this.generations.published().stream().map(GenerationRow::of).toList());
		return "jobs/generations";
	}

}
