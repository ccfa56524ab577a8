package io.isobar.batch;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.isobar.orders.Order;
import io.isobar.simulation.Fate;
import io.isobar.views.CustomerTotals.Total;
import org.jspecify.annotations.Nullable;

/**
 * The database of the batch layer, in memory: what one transaction writes is there for
 * the others as a whole or not at all, and a reader may see one moment throughout.
 */
final class FakeBatchDatabase {

	private record Row(String customer, Total total, int from, int to) {

		boolean isOf(int generation) {
			return this.from <= generation && generation < this.to;
		}

		Row until(int generation) {
			return new Row(this.customer, this.total, this.from, generation);
		}

	}

	private record Counted(Map<Integer, Long> offsets, BigDecimal minimumAmount) {
	}

	/** How far an execution is. */
	record Execution(long id, int step, boolean scheduled, boolean full, boolean failed, Map<String, Object> context) {
	}

	private record Asked(String city, LocalDate day) {
	}

	/** All tables. */
	private static final class State {

		private final Map<Integer, Generation> generations = new TreeMap<>();

		private final Map<Integer, Generations.Made> made = new HashMap<>();

		private final Map<Integer, Instant> retired = new HashMap<>();

		private final Map<Dataset, Integer> current = new HashMap<>();

		private final Map<Dataset, Generations.Hold> holds = new TreeMap<>();

		private final Map<Integer, Counted> counted = new HashMap<>();

		private List<Row> rows = new ArrayList<>();

		/** What each generation says of days, by city. */
		private final Map<Integer, Map<String, List<BatchViews.Day>>> days = new TreeMap<>();

		private final Map<Integer, Map<String, DayRanges>> closed = new HashMap<>();

		private final Map<Asked, Instant> collected = new HashMap<>();

		private int lease;

		private @Nullable Execution execution;

		State copy() {
			State copy = new State();
			copy.generations.putAll(this.generations);
			copy.made.putAll(this.made);
			copy.retired.putAll(this.retired);
			copy.current.putAll(this.current);
			copy.holds.putAll(this.holds);
			copy.counted.putAll(this.counted);
			copy.rows = new ArrayList<>(this.rows);
			copy.days.putAll(this.days);
			copy.closed.putAll(this.closed);
			copy.collected.putAll(this.collected);
			copy.lease = this.lease;
			copy.execution = this.execution;
			return copy;
		}

	}

	/** What is under way: sees what it has written itself. */
	private static final class Transaction {

		private final State state;

		private Map<String, Total> staged = Map.of();

		Transaction(State state) {
			this.state = state;
		}

	}

	private final Fate fate;

	private State committed = new State();

	private boolean writing;

	private int last;

	private long executions;

	/** What was folded, by the path where it lies. */
	private final Map<String, Map<String, Total>> files = new HashMap<>();

	private final Table table = new Table();

	private final Results results = new Results();

	private final Days days = new Days();

	private final Map<String, ZoneId> zones;

	FakeBatchDatabase(Fate fate) {
		this(fate, Map.of());
	}

	/**
	 * One that knows cities.
	 * @param zones by name
	 */
	FakeBatchDatabase(Fate fate, Map<String, ZoneId> zones) {
		this.fate = fate;
		this.zones = zones;
	}

	DayResults days() {
		return this.days;
	}

	/** As the tables of weather are exported. */
	void export(int generation, Map<String, List<BatchViews.Day>> days) {
		update("export days", (state) -> state.days.put(generation, days));
	}

	/** What a generation says of days of a city, in one statement. */
	List<BatchViews.Day> days(int generation, String city, LocalDate from, LocalDate to) {
		return query("days of a generation",
				(state) -> state.days.getOrDefault(generation, Map.of())
					.getOrDefault(city, List.of())
					.stream()
					.filter((each) -> !each.date().isBefore(from) && !each.date().isAfter(to))
					.toList());
	}

	/** The current generation with its closed days, in one statement. */
	Optional<ClosedDays.Current> currentDays() {
		return query("current generation with its days", (state) -> {
			Integer current = state.current.get(Dataset.WEATHER);
			return (current == null) ? Optional.empty() : Optional.of(new ClosedDays.Current(current,
					state.generations.get(current).publishedAt(), state.closed.getOrDefault(current, Map.of())));
		});
	}

	/** The cities with the generation that is current, in one statement. */
	List<ClosedDays.CityNow> cities(@Nullable String city) {
		return query("cities", (state) -> this.zones.entrySet()
			.stream()
			.filter((each) -> city == null || each.getKey().equals(city))
			.map((each) -> new ClosedDays.CityNow(each.getKey(), each.getValue(), state.current.get(Dataset.WEATHER)))
			.toList());
	}

	/** Notes that a provider has answered about a day. */
	void noteCollected(String city, LocalDate day, Instant collected) {
		update("note what was collected",
				(state) -> state.collected.merge(new Asked(city, day), collected, FakeBatchDatabase::later));
	}

	private static Instant later(Instant one, Instant other) {
		return one.isAfter(other) ? one : other;
	}

	/** When a provider was asked about a day, as nobody can ask who may fail. */
	@Nullable Instant collected(String city, LocalDate day) {
		return this.committed.collected.get(new Asked(city, day));
	}

	/** What a generation answers for, as nobody can ask who may fail. */
	Map<String, DayRanges> closedIn(int generation) {
		return this.committed.closed.getOrDefault(generation, Map.of());
	}

	/** What a generation was made from, as nobody can ask who may fail. */
	Generations.Made madeFrom(int generation) {
		return Objects.requireNonNull(this.committed.made.get(generation));
	}

	void pruneDays(List<Integer> needed) {
		if (!needed.isEmpty()) {
			int newest = needed.stream().mapToInt(Integer::intValue).max().orElseThrow();
			update("prune days", (state) -> {
				state.days.keySet().removeIf((each) -> each < newest && !needed.contains(each));
				state.closed.keySet().removeIf((each) -> each < newest && !needed.contains(each));
			});
		}
	}

	GenerationTable table() {
		return this.table;
	}

	OrderResults results() {
		return this.results;
	}

	void keepFile(String path, Map<String, Total> totals) {
		Map<String, Total> half = new LinkedHashMap<>();
		totals.forEach((customer, total) -> {
			if (half.size() < totals.size() / 2) {
				half.put(customer, total);
			}
		});
		this.fate.run("begin to write what was folded", () -> this.files.put(path, half));
		this.fate.run("write what was folded", () -> this.files.put(path, Map.copyOf(totals)));
	}

	private State state() {
		return (this.fate.frame().transaction instanceof Transaction open) ? open.state : this.committed;
	}

	private <T> T query(String what, java.util.function.Function<State, T> query) {
		return this.fate.call(what, () -> query.apply(state()));
	}

	private void update(String what, java.util.function.Consumer<State> update) {
		if (!(this.fate.frame().transaction instanceof Transaction)) {
			transaction(() -> {
				update(what, update);
				return true;
			});
			return;
		}
		this.fate.run(what, () -> update.accept(state()));
	}

	/** Writes; who else does so meanwhile waits in vain. */
	<T> T transaction(Supplier<T> work) {
		Fate.Frame frame = this.fate.frame();
		if (frame.transaction != null) {
			return work.get();
		}
		if (this.writing) {
			throw new IllegalStateException("A lock was waited for in vain.");
		}
		this.writing = true;
		try {
			Transaction open = new Transaction(this.committed.copy());
			frame.transaction = open;
			T result = work.get();
			this.fate.run("commit", () -> this.committed = open.state);
			return result;
		}
		finally {
			frame.transaction = null;
			this.writing = false;
		}
	}

	/** Writes under a lease, if nobody has taken it. */
	<T> T fenced(int lease, Supplier<T> work) {
		return transaction(() -> {
			if (query("pass the fence", (state) -> state.lease) != lease) {
				throw new IllegalStateException("The lease is lost.");
			}
			return work.get();
		});
	}

	/** Takes the lease from whoever has it. */
	int takeLease() {
		return transaction(() -> {
			update("take the lease", (state) -> state.lease++);
			return query("number of the lease", (state) -> state.lease);
		});
	}

	@Nullable Execution execution() {
		return this.fate.call("read the execution", () -> state().execution);
	}

	Execution begin(boolean scheduled, boolean full) {
		return new Execution(++this.executions, 0, scheduled, full, false, Map.of());
	}

	void save(@Nullable Execution execution) {
		update("save the execution", (state) -> state.execution = execution);
	}

	/** As their UTF-8 is ordered. */
	private static int codePoints(String one, String other) {
		return java.util.Arrays.compareUnsigned(one.getBytes(java.nio.charset.StandardCharsets.UTF_8),
				other.getBytes(java.nio.charset.StandardCharsets.UTF_8));
	}

	private final class Table implements GenerationTable {

		@Override
		public List<Generation> kept() {
			return query("generations",
					(state) -> state.generations.values()
						.stream()
						.filter((each) -> each.publishedAt() != null && !state.retired.containsKey(each.number()))
						.map((each) -> shown(state, each))
						.sorted(Comparator.comparing(Generation::number).reversed())
						.toList());
		}

		@Override
		public List<Integer> publishedBy(long jobExecutionId) {
			return query("generations",
					(state) -> state.generations.values()
						.stream()
						.filter((each) -> each.publishedAt() != null && each.jobExecutionId() == jobExecutionId)
						.map(Generation::number)
						.toList());
		}

		private static Generation shown(State state, Generation each) {
			return new Generation(each.number(), each.dataset(), each.jobExecutionId(), each.publishedAt(),
					Objects.equals(state.current.get(each.dataset()), each.number()),
					!state.retired.containsKey(each.number()), each.readings(), each.cities(), each.boundary(),
					each.codeVersion(), each.recompute(), each.durations());
		}

		@Override
		public Optional<Generation> current(Dataset dataset) {
			return query("current generation", (state) -> Optional.ofNullable(state.current.get(dataset))
				.map((number) -> shown(state, state.generations.get(number))));
		}

		@Override
		public Optional<Generation> find(int generation) {
			return query("generation", (state) -> Optional.ofNullable(state.generations.get(generation))
				.map((each) -> shown(state, each)));
		}

		@Override
		public Generations.Made made(int generation) {
			return query("what a generation was made from",
					(state) -> Objects.requireNonNull(state.made.get(generation)));
		}

		@Override
		public List<Published> published(Dataset dataset) {
			return query("published generations", (state) -> state.generations.values()
				.stream()
				.filter((each) -> each.dataset() == dataset && each.publishedAt() != null)
				.map((each) -> new Published(each.number(), each.publishedAt(), state.retired.get(each.number())))
				.toList());
		}

		@Override
		public List<Integer> unpublished(Dataset dataset) {
			return query("unpublished generations",
					(state) -> state.generations.values()
						.stream()
						.filter((each) -> each.dataset() == dataset && each.publishedAt() == null)
						.map(Generation::number)
						.toList());
		}

		@Override
		public int add(Dataset dataset, long jobExecutionId, Generations.Made made, long readings, int cities) {
			int number = ++FakeBatchDatabase.this.last;
			update("add a generation", (state) -> {
				state.generations.put(number, new Generation(number, dataset, jobExecutionId, null, false, true,
						readings, cities, null, made.codeVersion(), made.recompute(), Map.of()));
				state.made.put(number, made);
			});
			return number;
		}

		@Override
		public void remove(int generation) {
			update("remove a generation", (state) -> {
				Generation there = state.generations.get(generation);
				if (there != null && there.publishedAt() == null) {
					state.generations.remove(generation);
					state.made.remove(generation);
					state.counted.remove(generation);
					state.days.remove(generation);
					state.closed.remove(generation);
				}
			});
		}

		@Override
		public boolean publish(Dataset dataset, int generation, Instant at, Map<String, Long> durations) {
			boolean[] published = new boolean[1];
			update("publish a generation", (state) -> {
				Generation there = state.generations.get(generation);
				if (there != null && there.dataset() == dataset && there.publishedAt() == null) {
					state.generations.put(generation,
							new Generation(generation, dataset, there.jobExecutionId(), at, false, true,
									there.readings(), there.cities(), null, there.codeVersion(), there.recompute(),
									durations));
					published[0] = true;
				}
			});
			return published[0];
		}

		@Override
		public void retire(List<Integer> generations, Instant at) {
			update("retire generations", (state) -> generations.forEach((each) -> state.retired.putIfAbsent(each, at)));
		}

		@Override
		public void show(Dataset dataset, int generation) {
			update("make a generation current", (state) -> {
				if (!state.generations.containsKey(generation)) {
					throw new IllegalStateException("There is no generation " + generation);
				}
				state.current.put(dataset, generation);
			});
		}

		@Override
		public void lock(Dataset dataset) {
			query("lock what is current", (state) -> true);
		}

		@Override
		public List<Generations.Hold> holds() {
			return query("holds", (state) -> List.copyOf(state.holds.values()));
		}

		@Override
		public void hold(Generations.Hold hold) {
			update("hold publishing", (state) -> state.holds.put(hold.dataset(), hold));
		}

		@Override
		public boolean release(Dataset dataset) {
			boolean[] released = new boolean[1];
			update("release publishing", (state) -> released[0] = state.holds.remove(dataset) != null);
			return released[0];
		}

	}

	private final class Days implements DayResults {

		@Override
		public Map<String, ZoneId> zones() {
			return query("zones", (state) -> FakeBatchDatabase.this.zones);
		}

		@Override
		public Map<String, DayRanges> closed(int generation) {
			return query("closed days", (state) -> state.closed.getOrDefault(generation, Map.of()));
		}

		@Override
		public Map<LocalDate, Long> readings(int generation, String city, LocalDate from, LocalDate to) {
			Map<LocalDate, Long> readings = new TreeMap<>();
			days(generation, city, from, to).forEach((each) -> readings.merge(each.date(), each.readings(), Long::sum));
			return readings;
		}

		@Override
		public List<Facts> facts(@Nullable Integer base, Map<String, LocalDate> today, Period settlesAfter,
				@Nullable Instant pinned) {
			return query("what is known of days", (state) -> {
				List<Facts> facts = new ArrayList<>();
				today.forEach((city, day) -> facts.add(facts(state, base, city, day, settlesAfter, pinned)));
				return facts;
			});
		}

		private Facts facts(State state, @Nullable Integer base, String city, LocalDate today, Period settlesAfter,
				@Nullable Instant pinned) {
			DayRanges before = (base == null) ? DayRanges.NONE
					: state.closed.getOrDefault(base, Map.of()).getOrDefault(city, DayRanges.NONE);
			// As the attempt itself has exported them
			int newest = state.days.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
			List<BatchViews.Day> days = state.days.getOrDefault(newest, Map.of()).getOrDefault(city, List.of());
			LocalDate settled = today.minus(settlesAfter);
			List<LocalDate> known = new ArrayList<>(days.stream().map(BatchViews.Day::date).toList());
			before.start().ifPresent(known::add);
			DayRanges answered = DayRanges.NONE;
			for (Map.Entry<Asked, Instant> each : state.collected.entrySet()) {
				if (each.getKey().city().equals(city)) {
					known.add(each.getKey().day());
					if (pinned == null || !each.getValue().isAfter(pinned)) {
						answered = answered.plus(between(each.getKey().day(), settled, today));
					}
				}
			}
			for (BatchViews.Day each : days) {
				if (each.state().count(each.state().view().indexOf("readings_file")) > 0) {
					answered = answered.plus(between(each.date(), settled, today));
				}
			}
			return new Facts(city, today, settled, before, known.stream().min(Comparator.naturalOrder()).orElse(null),
					answered, DayRanges.NONE);
		}

		private static DayRanges between(LocalDate day, LocalDate from, LocalDate to) {
			return DayRanges.of(day, day.plusDays(1)).and(DayRanges.of(from, to));
		}

		@Override
		public void keep(int generation, Map<String, DayRanges> closed) {
			update("keep closed days", (state) -> state.closed.put(generation, Map.copyOf(closed)));
		}

	}

	private final class Results implements OrderResults {

		@Override
		public <T> T atOneMoment(Supplier<T> reading) {
			Fate.Frame frame = FakeBatchDatabase.this.fate.frame();
			if (frame.transaction != null) {
				return reading.get();
			}
			frame.transaction = new Transaction(FakeBatchDatabase.this.committed);
			try {
				return reading.get();
			}
			finally {
				frame.transaction = null;
			}
		}

		@Override
		public Optional<OrderTotals.Boundary> boundary() {
			return query("boundary", (state) -> {
				Integer current = state.current.get(Dataset.ORDERS);
				Counted counted = (current != null) ? state.counted.get(current) : null;
				return (counted == null) ? Optional.empty() : Optional.of(new OrderTotals.Boundary(current,
						counted.offsets(), counted.minimumAmount(), state.generations.get(current).publishedAt()));
			});
		}

		@Override
		public List<OrderTotals.Customer> customers(int generation) {
			return query("rows of a generation",
					(state) -> state.rows.stream()
						.filter((row) -> row.isOf(generation))
						.map((row) -> new OrderTotals.Customer(row.customer(), row.total()))
						.sorted((one, other) -> codePoints(one.name(), other.name()))
						.toList());
		}

		@Override
		public void keep(int generation, Map<Integer, Long> offsets, BigDecimal minimumAmount) {
			update("keep what a generation counts", (state) -> state.counted.put(generation,
					new Counted(Map.copyOf(offsets), minimumAmount.setScale(Order.DECIMALS))));
		}

		@Override
		public Map<Integer, Long> offsets(int generation) {
			return query("what a generation counts", (state) -> (state.counted.get(generation) != null)
					? state.counted.get(generation).offsets() : Map.of());
		}

		@Override
		public void takeBack(int generation) {
			update("take rows back", (state) -> {
				state.rows.removeIf((row) -> row.from() == generation);
				state.rows.replaceAll((row) -> (row.to() == generation) ? row.until(VersionedRows.OPEN) : row);
			});
		}

		@Override
		public Staged stage(String path, @Nullable Integer base) {
			Map<String, Total> totals = new LinkedHashMap<>(
					Objects.requireNonNull(FakeBatchDatabase.this.files.get(path), path));
			if (base != null) {
				customers(base).forEach((each) -> totals.merge(each.name(), each.total(), Total::plus));
			}
			return FakeBatchDatabase.this.fate.call("stage rows", () -> {
				if (FakeBatchDatabase.this.fate.frame().transaction instanceof Transaction open) {
					open.staged = totals;
				}
				return new Staged(totals.values().stream().mapToLong(Total::orders).sum(), totals.size());
			});
		}

		@Override
		public void replace(int generation) {
			Map<String, Total> staged = (FakeBatchDatabase.this.fate.frame().transaction instanceof Transaction open)
					? open.staged : Map.of();
			Set<String> same = new HashSet<>();
			update("end rows", (state) -> state.rows.replaceAll((row) -> {
				if (row.to() != VersionedRows.OPEN) {
					return row;
				}
				if (row.total().equals(staged.get(row.customer()))) {
					same.add(row.customer());
					return row;
				}
				return row.until(generation);
			}));
			update("begin rows",
					(state) -> new TreeSet<>(staged.keySet()).stream()
						.filter((customer) -> !same.contains(customer))
						.forEach((customer) -> state.rows
							.add(new Row(customer, staged.get(customer), generation, VersionedRows.OPEN))));
		}

		@Override
		public int prune(List<Integer> needed) {
			int[] pruned = new int[1];
			if (!needed.isEmpty()) {
				int newest = needed.stream().mapToInt(Integer::intValue).max().orElseThrow();
				update("prune rows", (state) -> {
					int before = state.rows.size();
					state.rows.removeIf((row) -> row.to() <= newest && needed.stream().noneMatch(row::isOf));
					pruned[0] = before - state.rows.size();
				});
			}
			return pruned[0];
		}

	}

}
