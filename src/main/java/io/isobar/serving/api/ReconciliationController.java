package io.isobar.serving.api;

import java.time.LocalDate;
import java.util.List;

import io.isobar.batch.Reconciliation;
import io.isobar.web.Ranges;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How far the layers were from each other. */
@RestController
class ReconciliationController {

	private final Reconciliation reconciliation;

	ReconciliationController(Reconciliation reconciliation) {
		this.reconciliation = reconciliation;
	}

	/**
	 * A metric of a day.
	 *
	 * @param hours how many were compared
	 * @param difference speed less batch
	 * @param notCompared why there is nothing; else null
	 */
	record ReconciliationAnswer(String city, LocalDate date, String metric, @Nullable Double speed,
			@Nullable Double batch, @Nullable Double difference, @Nullable Boolean withinTolerance, int generation,
			int hours, double tolerance, @Nullable String notCompared) {

		static ReconciliationAnswer of(Reconciliation.Compared compared) {
			return new ReconciliationAnswer(compared.city(), compared.day(), compared.metric().field(),
					compared.speed(), compared.batch(), compared.difference(), compared.withinTolerance(),
					compared.generation(), compared.hours(), compared.tolerance(), compared.notCompared());
		}

	}

	@GetMapping("/api/reconciliation")
	List<ReconciliationAnswer> reconciliation(@RequestParam LocalDate from, @RequestParam LocalDate to) {
		Ranges.days(from, to);
		return this.reconciliation.of(from, to).stream().map(ReconciliationAnswer::of).toList();
	}

}
