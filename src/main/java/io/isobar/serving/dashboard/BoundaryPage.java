package io.isobar.serving.dashboard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;

import io.isobar.batch.Reconciliation;
import io.isobar.batch.Reconciliation.Compared;
import io.isobar.provider.Cities;
import io.isobar.serving.Boundaries;
import io.isobar.serving.Boundaries.Boundary;
import io.isobar.weather.City;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * Where the batch layer's answer ends for each city; for viewers also how far the layers
 * were from each other.
 */
@Controller
class BoundaryPage {

	/** Days of which differences are shown. */
	private static final int DAYS = 14;

	/** The worst ones. */
	private static final int ROWS = 50;

	private final Boundaries boundaries;

	private final Reconciliation reconciliation;

	private final Cities cities;

	private final Clock clock;

	BoundaryPage(Boundaries boundaries, Reconciliation reconciliation, Cities cities, Clock clock) {
		this.boundaries = boundaries;
		this.reconciliation = reconciliation;
		this.cities = cities;
		this.clock = clock;
	}

	/** A city's boundary, and how old it is; null while no day is closed. */
	record BoundaryRow(Boundary boundary, @Nullable Duration age, boolean listed) {
	}

	@GetMapping("/boundary")
	String boundary(HttpServletRequest request, Model model) {
		Instant now = this.clock.instant();
		List<String> listed = this.cities.listed().stream().map(City::name).toList();
		List<BoundaryRow> rows = this.boundaries.weather()
			.stream()
			.map((boundary) -> new BoundaryRow(boundary, boundary.age(now), listed.contains(boundary.city())))
			.sorted(Comparator.comparing((BoundaryRow row) -> !row.listed()))
			.toList();
		model.addAttribute("rows", rows);
		model.addAttribute("generation", rows.stream().findFirst().map(BoundaryRow::boundary).orElse(null));
		model.addAttribute("orders", this.boundaries.orders());
		model.addAttribute("now", now);
		model.addAttribute("zone", ZoneId.systemDefault());
		boolean viewer = request.isUserInRole("VIEWER");
		model.addAttribute("viewer", viewer);
		if (viewer) {
			addDifferences(LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(1), model);
		}
		return "boundary";
	}

	private void addDifferences(LocalDate to, Model model) {
		List<Compared> all = this.reconciliation.of(to.minusDays(DAYS), to);
		model.addAttribute("differences",
				all.stream()
					.filter((compared) -> compared.difference() != null)
					.sorted(Comparator.comparingDouble(BoundaryPage::share).reversed())
					.limit(ROWS)
					.toList());
		model.addAttribute("compared", all.stream().filter((compared) -> compared.difference() != null).count());
		model.addAttribute("outside",
				all.stream().filter((compared) -> Boolean.FALSE.equals(compared.withinTolerance())).count());
		model.addAttribute("notCompared", all.stream().filter((compared) -> compared.notCompared() != null).count());
		model.addAttribute("spanOfDays", DAYS);
	}

	/** How much of what is tolerated a difference is. */
	private static double share(Compared compared) {
		Double difference = compared.difference();
		double distance = (difference != null) ? Math.abs(difference) : 0;
		return (compared.tolerance() > 0) ? distance / compared.tolerance() : (distance > 0) ? Double.MAX_VALUE : 0;
	}

}
