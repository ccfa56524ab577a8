package io.isobar.batch;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Sees to it that somebody can answer for the days that are open again with another
 * generation.
 */
@Component
class ReopenedDays implements GenerationCheck {

	private final DayResults results;

	private final ObjectProvider<SpeedLayer> speed;

	ReopenedDays(DayResults results, ObjectProvider<SpeedLayer> speed) {
		this.results = results;
		this.speed = speed;
	}

	private record Lost(String city, LocalDate day) {
	}

	/**
	 * Days that are open again are answered by the fuller layer. Of such as the speed
	 * layer no longer keeps that is the batch layer, so there must not be more readings
	 * now. (Where there is no speed layer, a generation is all that is answered.)
	 */
	@Override
	public void check(Generation from, Generation to) {
		SpeedLayer layer = this.speed.getIfAvailable();
		if (to.dataset() != Dataset.WEATHER || layer == null) {
			return;
		}
		Map<String, ZoneId> zones = this.results.zones();
		Map<String, DayRanges> wanted = this.results.closed(to.number());
		List<Lost> lost = new ArrayList<>();
		this.results.closed(from.number()).forEach((city, days) -> {
			ZoneId zone = zones.get(city);
			if (zone != null) {
				DayRanges kept = DayRanges.of(layer.oldestDay(zone), LocalDate.MAX);
				DayRanges nobodys = days.minus(wanted.getOrDefault(city, DayRanges.NONE)).minus(kept);
				lost.addAll(lost(city, nobodys, from.number(), to.number()));
			}
		});
		lost.sort(Comparator.comparing(Lost::day).thenComparing(Lost::city));
		if (!lost.isEmpty()) {
			Lost first = lost.get(0);
			throw GenerationRefusal.NotCompletable.days(to.number(), lost.size(), first.city(), first.day(),
					lost.get(lost.size() - 1).day());
		}
	}

	/** Those of which there are more readings now. */
	private List<Lost> lost(String city, DayRanges days, int current, int wanted) {
		List<Lost> lost = new ArrayList<>();
		for (DayRanges.Range range : days.ranges()) {
			LocalDate last = range.to().minusDays(1);
			Map<LocalDate, Long> then = this.results.readings(wanted, city, range.from(), last);
			this.results.readings(current, city, range.from(), last).forEach((day, readings) -> {
				if (readings > then.getOrDefault(day, 0L)) {
					lost.add(new Lost(city, day));
				}
			});
		}
		return lost;
	}

}
