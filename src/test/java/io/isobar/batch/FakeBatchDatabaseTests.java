package io.isobar.batch;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.isobar.simulation.Fate;
import io.isobar.views.CustomerTotals.Total;
import io.isobar.views.State;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Resolution;

/** The simulation's database of the batch layer does what the real one does. */
class FakeBatchDatabaseTests implements BatchDatabaseContract, DayResultsContract {

	private final FakeBatchDatabase database = new FakeBatchDatabase(Fate.kind(),
			Map.of("Paris", ZoneId.of("Europe/Paris"), "Lyon", ZoneId.of("Europe/Paris")));

	@Override
	public GenerationTable table() {
		return this.database.table();
	}

	@Override
	public OrderResults results() {
		return this.database.results();
	}

	@Override
	public <T> T transaction(Supplier<T> work) {
		return this.database.transaction(work);
	}

	@Override
	public String folded(Map<String, Total> totals) {
		String path = "folded-" + totals.hashCode();
		this.database.keepFile(path, totals);
		return path;
	}

	@Override
	public DayResults days() {
		return this.database.days();
	}

	@Override
	public void write(Runnable work) {
		work.run();
	}

	@Override
	public int exported(String city, LocalDate from, LocalDate to, String origin) {
		List<BatchViews.Day> days = from.datesUntil(to.plusDays(1)).map((day) -> {
			State state = WeatherViews.SUMMARY.zero();
			state.set(state.view().indexOf(WeatherViews.READINGS), 0, 24);
			state.set(state.view().indexOf("readings_" + origin), 0, 24);
			return new BatchViews.Day(day, Resolution.HOUR, false, 24, false, state);
		}).toList();
		int generation = this.database.table()
			.add(Dataset.WEATHER, 1, new Generations.Made(1, Map.of(), "d", "1", null, "full", Map.of()), 24, 1);
		this.database.export(generation, Map.of(city, days));
		return generation;
	}

	@Override
	public void collected(String city, LocalDate day, Instant asked) {
		this.database.noteCollected(city, day, asked);
	}

}
