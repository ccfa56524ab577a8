package io.isobar.batch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

import io.isobar.lake.FakeReadings;
import io.isobar.simulation.Fate;
import io.isobar.simulation.Provided;
import io.isobar.views.LocalCalendar;
import io.isobar.views.ReadingsFold;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Channel;
import io.isobar.weather.Reading;
import org.jspecify.annotations.Nullable;

/**
 * The batch layer's part in days, of one process of the application: the classes that
 * decide, over tables in memory, in the order in which the steps of a run call them.
 */
public final class SimulatedDays {

	/** What all processes see. */
	public static final class Shared {

		private final FakeBatchDatabase database;

		private final Map<String, ZoneId> zones;

		/** When it was last asked whether readings came late, by generation. */
		private final Map<Integer, Instant> heard = new HashMap<>();

		/** Executions that have failed, and can be gone on with. */
		private final List<FakeBatchDatabase.Execution> failed = new ArrayList<>();

		public Shared(Fate fate, Map<String, ZoneId> zones) {
			this.database = new FakeBatchDatabase(fate, zones);
			this.zones = zones;
		}

		/** Whether a generation answers for a day, as nobody can ask who may fail. */
		public boolean isClosed(int generation, String city, LocalDate day) {
			return this.database.closedIn(generation).getOrDefault(city, DayRanges.NONE).contains(day);
		}

		/** Which readings it was made from. */
		public long version(int generation) {
			return this.database.madeFrom(generation).readingsVersion();
		}

		/**
		 * Before when no reading was overlooked that came late while a generation was
		 * made.
		 */
		public Instant heard(int generation) {
			return this.heard.getOrDefault(generation, Instant.MIN);
		}

		/** When a provider was asked about a day, if one was. */
		public @Nullable Instant collected(String city, LocalDate day) {
			return this.database.collected(city, day);
		}

	}

	private static final String COMPLETE = "complete";

	private static final String VERSION = "version";

	private static final String PINNED = "pinned";

	private static final String BASE = "base";

	private static final String GENERATION = "generation";

	private static final int STEPS = 5;

	private final Fate fate;

	private final Shared shared;

	private final FakeBatchDatabase database;

	private final FakeReadings lake;

	private final LongSupplier sent;

	private final BiFunction<String, LocalDate, List<Reading>> provider;

	private final Period settlesAfter;

	private final Generations generations;

	private final DayClosing closing;

	private final LateReadings late;

	private int lease;

	private boolean busy;

	/**
	 * @param sent up to where the stream was sent
	 * @param provider what it answers about a day; empty: nothing
	 */
	public SimulatedDays(Fate fate, Shared shared, FakeReadings lake, LongSupplier sent,
			BiFunction<String, LocalDate, List<Reading>> provider, SpeedLayer speed, int kept, Period settlesAfter) {
		this.fate = fate;
		this.shared = shared;
		this.database = shared.database;
		this.lake = lake;
		this.sent = sent;
		this.provider = provider;
		this.settlesAfter = settlesAfter;
		this.generations = new Generations(this.database.table(),
				new BatchSettings("0 0 2 * * *", null, kept, 5, Duration.ZERO), fate.clock(),
				new Provided<GenerationCheck>(new ReopenedDays(this.database.days(), new Provided<>(speed))));
		this.closing = new DayClosing(this.database.days());
		this.late = new LateReadings(this.generations, this.database.days(), new Provided<>(speed), this::readings);
	}

	/** What serving asks about generations. */
	public ClosedDays closedDays() {
		return new Closed(this.database, this.fate.clock());
	}

	/** What serving asks about days. */
	public BatchViews views() {
		return new Views(this.database);
	}

	private static final class Closed extends ClosedDays {

		private final FakeBatchDatabase database;

		@SuppressWarnings("NullAway")
		Closed(FakeBatchDatabase database, Clock clock) {
			super(null, database.days(), clock);
			this.database = database;
		}

		@Override
		public Optional<Current> current() {
			return this.database.currentDays();
		}

		@Override
		public List<CityNow> cities(@Nullable String city) {
			return this.database.cities(city);
		}

	}

	private static final class Views extends BatchViews {

		private final FakeBatchDatabase database;

		@SuppressWarnings("NullAway")
		Views(FakeBatchDatabase database) {
			super(null);
			this.database = database;
		}

		@Override
		public List<Day> days(int generation, String city, LocalDate from, LocalDate to) {
			return this.database.days(generation, city, from, to);
		}

	}

	/** What has failed is tried again, or another launch takes its place. */
	public void step() {
		if (this.busy) {
			return;
		}
		this.busy = true;
		try {
			if (this.lease == 0) {
				this.lease = (this.fate.isCalm() || this.fate.onceIn(4)) ? this.database.takeLease() : 0;
				return;
			}
			FakeBatchDatabase.Execution execution = this.database.execution();
			if (execution == null || (execution.failed() && this.fate.onceIn(2))) {
				choose(execution);
				return;
			}
			step(execution);
		}
		catch (Fate.TimedOut | IllegalStateException ex) {
			this.fate.note(() -> "batch: " + ex.getMessage());
			this.lease = (ex instanceof Fate.TimedOut) ? this.lease : 0;
		}
		finally {
			this.busy = false;
		}
	}

	/** A new launch, or one that has failed before is gone on with. */
	private void choose(FakeBatchDatabase.@Nullable Execution left) {
		boolean again = !this.shared.failed.isEmpty() && !this.fate.isCalm() && this.fate.onceIn(3);
		FakeBatchDatabase.Execution next = again ? this.fate.oneOf(this.shared.failed)
				: this.database.begin(this.fate.onceIn(3), false);
		this.database.fenced(this.lease, () -> {
			this.database.save(next);
			return true;
		});
		this.shared.failed.remove(next);
		if (left != null) {
			this.shared.failed.add(left);
		}
	}

	private void step(FakeBatchDatabase.Execution execution) {
		Map<String, Object> context = new HashMap<>(execution.context());
		boolean failed = false;
		try {
			work(execution, context);
		}
		catch (RuntimeException ex) {
			this.fate.note(() -> "batch: " + ex.getMessage());
			failed = true;
		}
		int next = failed ? execution.step() : execution.step() + 1;
		FakeBatchDatabase.Execution after = (next == STEPS) ? null : new FakeBatchDatabase.Execution(execution.id(),
				next, execution.scheduled(), execution.full(), failed, context);
		this.database.fenced(this.lease, () -> {
			this.database.save(after);
			return true;
		});
	}

	private void work(FakeBatchDatabase.Execution execution, Map<String, Object> context) {
		this.fate.note(() -> "batch: step " + execution.step() + " of execution " + execution.id());
		this.fate.pass(Duration.ofMillis(2));
		switch (execution.step()) {
			case 0 -> {
				Instant now = this.fate.clock().instant();
				long end = this.fate.call("ask Kafka where the stream ends", this.sent::getAsLong);
				if (this.lake.position() >= end) {
					context.put(COMPLETE, now);
				}
				context.put(VERSION, this.lake.version());
				context.put(PINNED, now);
			}
			case 1 -> {
				this.shared.zones.forEach(this::collect);
				context.put(PINNED, this.fate.clock().instant());
				context.put(VERSION, this.lake.version());
			}
			case 2 -> {
				this.generations.requireNoNewer((Long) context.get(VERSION), this.lake.version());
				context.remove(BASE);
				this.generations.current(Dataset.WEATHER).ifPresent((each) -> context.put(BASE, each.number()));
			}
			case 3 -> context.put(GENERATION, export(execution, context));
			default -> {
				publish((Integer) context.get(GENERATION), (Long) context.get(VERSION), execution.scheduled());
				this.database.transaction(() -> {
					this.database.pruneDays(
							this.generations.needed(Dataset.WEATHER, this.fate.clock().instant().minus(Pruning.GRACE)));
					return true;
				});
			}
		}
	}

	private void publish(int generation, long version, boolean scheduled) {
		LateReadings.Looked looked = this.late.look(generation, version);
		this.database.fenced(this.lease, () -> {
			Instant now = this.fate.clock().instant();
			LateReadings.KeptOpen kept = this.late.keepOpen(generation, looked);
			if (this.generations.unpublished(Dataset.WEATHER).contains(generation)) {
				this.shared.heard.put(generation, (kept.failure() == null) ? now : Instant.MIN);
			}
			this.fate.note(() -> "stay open: " + kept);
			return this.generations.publish(Dataset.WEATHER, generation, Map.of(), scheduled);
		});
	}

	private Map<String, List<Reading>> readings(long version, Map<String, Set<LocalDate>> days,
			Map<String, ZoneId> zones) {
		Map<String, List<Reading>> readings = new TreeMap<>();
		for (Reading each : this.lake.at(version)) {
			LocalDate day = LocalDate.ofInstant(each.observedAt(), zones.get(each.city()));
			if (days.getOrDefault(each.city(), Set.of()).contains(day)) {
				readings.computeIfAbsent(each.city(), (city) -> new ArrayList<>()).add(each);
			}
		}
		return readings;
	}

	/** The newest days first, each of which the provider may have no answer about. */
	private void collect(String city, ZoneId zone) {
		LocalDate today = LocalDate.ofInstant(this.fate.clock().instant(), zone);
		for (int back = 1; back <= this.settlesAfter.getDays() + 1; back++) {
			LocalDate day = today.minusDays(back);
			if (this.fate.isCalm() || !this.fate.onceIn(3)) {
				Instant asked = this.fate.clock().instant();
				List<Reading> answer = this.provider.apply(city, day);
				if (!answer.isEmpty()) {
					this.lake.append(answer);
				}
				this.database.fenced(this.lease, () -> {
					this.database.noteCollected(city, day, asked);
					return true;
				});
			}
		}
	}

	private int export(FakeBatchDatabase.Execution execution, Map<String, Object> context) {
		Integer base = (Integer) context.get(BASE);
		long version = (Long) context.get(VERSION);
		int generation = this.database.fenced(this.lease, () -> {
			this.generations.requireCurrent(Dataset.WEATHER, base);
			this.generations.unpublished(Dataset.WEATHER).forEach(this.generations::forget);
			return this.generations.begin(Dataset.WEATHER, execution.id(),
					new Generations.Made(version, Map.of(), "definition", "1.0", base, Analyse.FULL, Map.of()));
		});
		Map<String, List<BatchViews.Day>> days = fold(version);
		this.database.fenced(this.lease, () -> {
			this.database.export(generation, days);
			return true;
		});
		this.database.fenced(this.lease, () -> {
			this.closing.close(generation, base, this.settlesAfter, (Instant) context.get(COMPLETE),
					(Instant) context.get(PINNED));
			return true;
		});
		this.shared.zones.keySet().forEach((city) -> requireAnswers(generation, base, city, version));
		return generation;
	}

	/** What a day is closed with that has been asked about, it has. */
	private void requireAnswers(int generation, @Nullable Integer base, String city, long version) {
		DayRanges before = (base != null) ? this.database.closedIn(base).getOrDefault(city, DayRanges.NONE)
				: DayRanges.NONE;
		DayRanges closed = this.database.closedIn(generation).getOrDefault(city, DayRanges.NONE).minus(before);
		for (DayRanges.Range range : closed.ranges()) {
			range.from().datesUntil(range.to()).forEach((day) -> {
				Instant asked = this.database.collected(city, day);
				LocalDate settled = LocalDate.ofInstant(this.fate.clock().instant(), this.shared.zones.get(city))
					.minus(this.settlesAfter);
				if (asked != null && !day.isBefore(settled) && isAnswer(Long.MAX_VALUE, city, day, asked)
						&& !isAnswer(version, city, day, asked) && !hasFile(version, city, day)) {
					throw new AssertionError("Generation %d closes %s of %s, and lacks what a provider has said of it"
						.formatted(generation, day, city));
				}
			});
		}
	}

	private boolean isAnswer(long version, String city, LocalDate day, Instant asked) {
		return this.lake.at(version)
			.stream()
			.anyMatch((each) -> each.channel() == Channel.HISTORY && each.collected().equals(asked)
					&& isOf(each, city, day));
	}

	private boolean hasFile(long version, String city, LocalDate day) {
		return this.lake.at(version)
			.stream()
			.anyMatch((each) -> each.channel() == Channel.FILE && isOf(each, city, day));
	}

	private boolean isOf(Reading reading, String city, LocalDate day) {
		return reading.city().equals(city)
				&& LocalDate.ofInstant(reading.observedAt(), this.shared.zones.get(city)).equals(day);
	}

	private Map<String, List<BatchViews.Day>> fold(long version) {
		List<Reading> readings = this.lake.at(version)
			.stream()
			.sorted(Comparator.comparing(Reading::city).thenComparing(Reading::observedAt))
			.toList();
		Map<String, List<BatchViews.Day>> days = new TreeMap<>();
		ReadingsFold.foldDays(readings, this.shared.zones::get, (city, day, resolution, simulated, state) -> {
			int expected = new LocalCalendar(this.shared.zones.get(city)).expectedSlots(day);
			days.computeIfAbsent(city, (key) -> new ArrayList<>())
				.add(new BatchViews.Day(LocalDate.ofEpochDay(day), resolution, simulated, expected, true,
						WeatherViews.SUMMARY.part(state).copy()));
		});
		return days;
	}

	/**
	 * Somebody goes back, or forward.
	 * @return the one that was current and the one that is; empty if nothing has changed
	 */
	public Optional<int[]> makeAnyCurrent() {
		List<Integer> all = this.database.table()
			.published(Dataset.WEATHER)
			.stream()
			.map(GenerationTable.Published::number)
			.toList();
		if (all.isEmpty()) {
			return Optional.empty();
		}
		int wanted = this.fate.oneOf(all.subList(Math.max(0, all.size() - 5), all.size()));
		try {
			return this.database.transaction(() -> {
				int before = this.generations.current(Dataset.WEATHER).orElseThrow().number();
				this.generations.makeCurrent(wanted, "anna");
				this.fate.note(() -> "generation " + wanted + " is current");
				return (before == wanted) ? Optional.empty() : Optional.of(new int[] { before, wanted });
			});
		}
		catch (GenerationRefusal | IllegalStateException ex) {
			this.fate.note(() -> "refused: " + ex.getMessage());
			return Optional.empty();
		}
	}

	/** Somebody lets scheduled runs publish again. */
	public void release() {
		this.database.transaction(() -> {
			this.generations.release(Dataset.WEATHER, "anna");
			return true;
		});
	}

	/** Nobody renews its lease any more, as it stands still; it does not know. */
	public void loseLease() {
		this.database.takeLease();
	}

	/** Runs from the beginning until a generation is published. */
	public int finish() {
		this.shared.failed.clear();
		this.lease = this.database.takeLease();
		this.database.fenced(this.lease, () -> {
			this.database.save(null);
			return true;
		});
		int before = this.database.table().published(Dataset.WEATHER).size();
		release();
		for (int i = 0; i < 20 && this.database.table().published(Dataset.WEATHER).size() == before; i++) {
			step();
		}
		return this.database.table().published(Dataset.WEATHER).size() - before;
	}

}
