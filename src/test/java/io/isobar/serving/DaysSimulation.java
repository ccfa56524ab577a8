package io.isobar.serving;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import io.isobar.batch.SimulatedDays;
import io.isobar.lake.FakeReadings;
import io.isobar.messages.WeatherMessage;
import io.isobar.simulation.Fate;
import io.isobar.simulation.Provided;
import io.isobar.simulation.Seeds;
import io.isobar.speed.FakeSpeedViews;
import io.isobar.speed.SpeedViews;
import io.isobar.views.State;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;

/**
 * Two processes of the application, their stores and the people about them, for one seed:
 * readings stream in, late, out of order and twice; providers answer or do not, files are
 * imported, days are closed, published, opened again by going back, and no longer kept by
 * Cassandra, while processes die, calls time out and somebody reads.
 * <p>
 * The readings of an hour are numbered, and the n-th of the h-th hour of a day says n *
 * 1000^h degrees; so the sum of a day's temperatures says which reading counts in each of
 * its hours. Every day of every answer must be the fold of one layer's readings: of the
 * generation's, all of them and no others, or of Cassandra's, all that were acknowledged.
 */
final class DaysSimulation implements Seeds.Simulation {

	private static final int PROCESSES = 2;

	/** Only so many hours of a day have readings. */
	private static final int HOURS = 5;

	private static final int BASE = 1000;

	/** So many days are looked at in the end. */
	private static final int AT_THE_END = 40;

	private static final Map<String, ZoneId> ZONES = new TreeMap<>(
			Map.of("Paris", ZoneId.of("Europe/Paris"), "Auckland", ZoneId.of("Pacific/Auckland")));

	private static final List<String> CITIES = List.copyOf(ZONES.keySet());

	private static final List<Origin> ORIGINS = List.of(Origin.VISUAL_CROSSING, Origin.OPEN_METEO, Origin.SIMULATED,
			new Origin("mqtt"));

	private static final Comparator<Reading> BEST = Comparator.comparing((Reading reading) -> reading.origin().rank())
		.thenComparing((reading) -> reading.channel() != Channel.STREAM)
		.thenComparing(Reading::observedAt)
		.thenComparing(Reading::collected)
		.thenComparing((reading) -> reading.values().orNaN(Metric.TEMPERATURE))
		.thenComparing((reading) -> reading.origin().name(), Comparator.reverseOrder());

	private record CityDay(String city, LocalDate day) {
	}

	/** Something that was sent, and lies in Kafka. */
	private record Sent(CityDay day, WeatherMessage message) {

		Reading reading() {
			return this.message.reading();
		}

	}

	/** Which reading counts in each hour. */
	private record Folded(Map<Integer, Integer> numbers, boolean simulated) {

		static final Folded NOTHING = new Folded(Map.of(), false);

		int real() {
			return this.simulated ? 0 : this.numbers.size();
		}

	}

	/** How a day was answered. */
	private record Answered(int real, boolean closed, int wentBack, boolean kept, Instant at) {
	}

	/** A process of the application. */
	private final class Application {

		private final Fate.Process process;

		private final SimulatedDays batch;

		private final UnifiedDays days;

		private boolean reading;

		private boolean operating;

		private boolean sinking;

		private boolean archiving;

		Application(String name) {
			DaysSimulation all = DaysSimulation.this;
			this.process = new Fate.Process(name);
			this.batch = new SimulatedDays(all.fate, all.batch, all.lake, all.log::size, all::answer,
					new SpeedSide(all.views), all.kept, all.settlesAfter);
			this.days = new UnifiedDays(this.batch.closedDays(), this.batch.views(), () -> all.settlesAfter,
					new Provided<SpeedViews>(all.views), all.fate.clock());
		}

		void read() {
			if (this.reading) {
				return;
			}
			this.reading = true;
			try {
				check(this.days, DaysSimulation.this.fate.oneOf(CITIES));
			}
			catch (Fate.TimedOut ex) {
				DaysSimulation.this.fate.note("no answer");
			}
			finally {
				this.reading = false;
			}
		}

		/** What the sink of Cassandra does with the next messages. */
		void sink() {
			DaysSimulation all = DaysSimulation.this;
			if (this.sinking) {
				return;
			}
			this.sinking = true;
			try {
				int from = all.fate.call("ask Kafka what is committed", () -> all.committed);
				int to = Math.min(all.log.size(), from + 1 + all.fate.below(8));
				for (Sent each : List.copyOf(all.log.subList(from, to))) {
					all.views.write(each.message());
				}
				all.fate.run("commit offsets", () -> {
					all.committed = to;
					all.acknowledged = Math.max(all.acknowledged, to);
				});
			}
			catch (Fate.TimedOut ex) {
				all.fate.note(() -> String.valueOf(ex.getMessage()));
			}
			finally {
				this.sinking = false;
			}
		}

		/** What the sink of the lake does with the next messages. */
		void archive() {
			DaysSimulation all = DaysSimulation.this;
			if (this.archiving) {
				return;
			}
			this.archiving = true;
			try {
				int from = Math.toIntExact(all.lake.position());
				int to = Math.min(all.log.size(), from + 1 + all.fate.below(12));
				if (from < to) {
					all.lake.archive(all.log.subList(from, to).stream().map(Sent::reading).toList(), from);
				}
			}
			catch (Fate.TimedOut | IllegalStateException ex) {
				all.fate.note(() -> String.valueOf(ex.getMessage()));
			}
			finally {
				this.archiving = false;
			}
		}

		void operate(Runnable work) {
			if (!this.operating) {
				this.operating = true;
				try {
					work.run();
				}
				catch (Fate.TimedOut | IllegalStateException ex) {
					DaysSimulation.this.fate.note(() -> String.valueOf(ex.getMessage()));
				}
				finally {
					this.operating = false;
				}
			}
		}

	}

	private final Fate fate;

	private final FakeReadings lake;

	private final FakeSpeedViews views;

	private final SimulatedDays.Shared batch;

	private final int kept;

	private final Period retention;

	private final Period settlesAfter;

	private final int[] weights;

	private final List<Application> applications = new ArrayList<>();

	private final List<Sent> log = new ArrayList<>();

	/** Where the sink of Cassandra goes on, and up to where it was once. */
	private int committed;

	private int acknowledged;

	/** How many readings of an hour there were. */
	private final Map<CityDay, int[]> numbers = new HashMap<>();

	/** In which hours a provider has a value. */
	private final Map<CityDay, Set<Integer>> provided = new HashMap<>();

	/** What versions of the lake fold to, by city and version. */
	private final Map<String, Map<LocalDate, Folded>> folded = new HashMap<>();

	private final Map<CityDay, Answered> answered = new HashMap<>();

	/** How often somebody has gone back or forward. */
	private int wentBack;

	private int answers;

	private int lateHidden;

	DaysSimulation(long seed, boolean traced) {
		this.fate = new Fate(seed, traced);
		// Some see clocks change
		this.fate.pass(Duration.ofDays(-7 * this.fate.below(10)));
		this.retention = Period.ofDays(2 + this.fate.below(6));
		this.settlesAfter = Period.ofDays(1 + this.fate.below(3));
		this.kept = 1 + this.fate.below(4);
		this.lake = new FakeReadings(this.fate);
		this.views = new FakeSpeedViews(this.fate, ZONES, this.retention);
		this.batch = new SimulatedDays.Shared(this.fate, ZONES);
		this.weights = weights();
		for (int i = 0; i < PROCESSES; i++) {
			this.applications.add(new Application("application " + i));
		}
		this.fate.between(this::step);
	}

	@Override
	public String trace() {
		return this.fate.trace();
	}

	@Override
	public int answers() {
		return this.answers;
	}

	/**
	 * How often a late reading that an answer had in the midst of publishing was not in
	 * that of the day it closed.
	 */
	@Override
	public int remarks() {
		return this.lateHidden;
	}

	@Override
	public void run(int steps) {
		for (int i = 0; i < steps; i++) {
			step();
		}
		this.fate.calm();
		rest();
	}

	/** What happens, and how often beside the others. */
	private enum Happening {

		SEND(220, false), SEND_AGAIN(30, true), SINK(200, false), ARCHIVE(140, false), READ(160, false),
		BATCH(220, false), IMPORT(15, true), MAKE_CURRENT(30, true), RELEASE(20, true), LOSE_LEASE(5, true),
		HOURS(90, false), DAYS(10, true), KILL(8, true);

		private final int weight;

		/** Whether there are simulations in which it never happens. */
		private final boolean spared;

		Happening(int weight, boolean spared) {
			this.weight = weight;
			this.spared = spared;
		}

	}

	/**
	 * Each simulation has its own weights: what is seldom in one is frequent in another.
	 */
	private int[] weights() {
		int[] weights = new int[Happening.values().length];
		for (Happening each : Happening.values()) {
			int roll = this.fate.below(8);
			int factor = switch (roll) {
				case 0 -> each.spared ? 0 : 2;
				case 1 -> 1;
				case 2 -> 8;
				case 3 -> each.spared ? 24 : 8;
				default -> 4;
			};
			weights[each.ordinal()] = each.weight * factor;
		}
		return weights;
	}

	private Happening draw() {
		int roll = this.fate.below(Arrays.stream(this.weights).sum());
		for (Happening each : Happening.values()) {
			roll -= this.weights[each.ordinal()];
			if (roll < 0) {
				return each;
			}
		}
		throw new IllegalStateException("Weights changed.");
	}

	private void step() {
		int which = this.fate.below(this.applications.size());
		Application application = this.applications.get(which);
		if (application.process.isDead()) {
			if (this.fate.isQuiet()) {
				this.applications.set(which, new Application(application.process.toString()));
				this.fate.note(() -> "starts " + application.process);
			}
			return;
		}
		Happening happening = draw();
		switch (happening) {
			case SEND -> send();
			case SEND_AGAIN -> sendAgain();
			case SINK -> as(application, "writes to Cassandra", application::sink);
			case ARCHIVE -> as(application, "writes to the lake", application::archive);
			case READ -> as(application, "reads", application::read);
			case BATCH -> as(application, "batch", application.batch::step);
			case IMPORT -> as(application, "imports a file", () -> application.operate(this::importFile));
			case MAKE_CURRENT -> {
				// Whoever gets no answer may have gone back all the same
				this.wentBack++;
				as(application, "makes a generation current",
						() -> application.operate(() -> makeAnyCurrent(application)));
				this.wentBack++;
			}
			case RELEASE -> as(application, "releases", () -> application.operate(application.batch::release));
			case LOSE_LEASE ->
				as(application, "somebody takes the lease", () -> application.operate(application.batch::loseLease));
			default -> {
				if (this.fate.isQuiet()) {
					seldom(happening, application);
				}
			}
		}
	}

	private void as(Application application, String what, Runnable work) {
		this.fate.as(application.process, what, work);
	}

	/** What happens only while nobody is in the midst of anything. */
	private void seldom(Happening happening, Application application) {
		switch (happening) {
			case HOURS -> pass(Duration.ofMinutes(20 + this.fate.below(700)));
			case DAYS -> pass(Duration.ofDays(1 + this.fate.below(5)));
			default -> {
				this.fate.note(() -> application.process + " is killed");
				application.process.die();
			}
		}
	}

	private void pass(Duration duration) {
		this.fate.pass(duration);
		this.fate.note(() -> "it is " + now());
	}

	private Instant now() {
		return this.fate.clock().instant();
	}

	/** A reading of an hour that has begun; some are late. */
	private void send() {
		String city = this.fate.oneOf(CITIES);
		ZoneId zone = ZONES.get(city);
		int back = this.fate.onceIn(3) ? this.fate.below(5) : this.fate.below(2);
		CityDay day = new CityDay(city, LocalDate.ofInstant(now(), zone).minusDays(back));
		int hour = this.fate.below(HOURS);
		Instant observed = begin(day).plus(Duration.ofHours(hour)).plusSeconds(this.fate.below(4) * 600L);
		if (!observed.isAfter(now())) {
			append(day, reading(day, hour, observed, this.fate.oneOf(ORIGINS), Channel.STREAM));
		}
	}

	/** Somebody repeats what was sent. */
	private void sendAgain() {
		if (!this.log.isEmpty()) {
			Sent sent = this.fate.oneOf(this.log);
			Reading reading = sent.reading();
			append(sent.day(), Reading.hour(reading.city(), reading.observedAt(), reading.origin(), reading.channel(),
					now(), reading.values()));
		}
	}

	private void append(CityDay day, Reading reading) {
		this.log
			.add(new Sent(day, new WeatherMessage(reading, null, "station", null, null, null, null, Outlook.UNKNOWN)));
		this.fate.note(() -> "message %d: %s, %s of %s".formatted(this.log.size() - 1, day, reading.values(),
				reading.origin().name()));
	}

	private Reading reading(CityDay day, int hour, Instant observed, Origin origin, Channel channel) {
		int number = ++this.numbers.computeIfAbsent(day, (key) -> new int[HOURS])[hour];
		if (number >= BASE) {
			throw new IllegalStateException("Too many readings of an hour.");
		}
		return Reading.hour(day.city(), observed, origin, channel, now(),
				Values.of(Map.of(Metric.TEMPERATURE, number * Math.pow(BASE, hour))));
	}

	private static Instant begin(CityDay day) {
		return day.day().atStartOfDay(ZONES.get(day.city())).toInstant();
	}

	private static Instant end(CityDay day) {
		return day.day().plusDays(1).atStartOfDay(ZONES.get(day.city())).toInstant();
	}

	/** What the provider says of a day: at least what it has said before. */
	private List<Reading> answer(String city, LocalDate day) {
		CityDay asked = new CityDay(city, day);
		Set<Integer> hours = this.provided.computeIfAbsent(asked, (key) -> new HashSet<>());
		if (!this.fate.onceIn(4)) {
			for (int hour = 0; hour < HOURS; hour++) {
				if (this.fate.onceIn(2)) {
					hours.add(hour);
				}
			}
		}
		return hours.stream()
			.map((hour) -> reading(asked, hour, begin(asked).plus(Duration.ofHours(hour)), Origin.OPEN_METEO,
					Channel.HISTORY))
			.toList();
	}

	/** A file of some hours of a day that has ended. */
	private void importFile() {
		String city = this.fate.oneOf(CITIES);
		CityDay day = new CityDay(city, LocalDate.ofInstant(now(), ZONES.get(city)).minusDays(1L + this.fate.below(4)));
		List<Reading> readings = new ArrayList<>();
		for (int hour = 0; hour < HOURS; hour++) {
			if (this.fate.onceIn(2)) {
				readings.add(reading(day, hour, begin(day).plus(Duration.ofHours(hour)), Origin.FILE, Channel.FILE));
			}
		}
		this.lake.append(readings);
	}

	/**
	 * Days that are open again and that nobody but the batch layer can answer have not
	 * fewer readings than before.
	 */
	private void makeAnyCurrent(Application application) {
		LocalDate[] oldest = CITIES.stream()
			.map((city) -> this.views.oldestDay(ZONES.get(city)))
			.toArray(LocalDate[]::new);
		application.batch.makeAnyCurrent().ifPresent((change) -> {
			for (int i = 0; i < oldest.length; i++) {
				String city = CITIES.get(i);
				Map<LocalDate, Folded> before = fold(city, this.batch.version(change[0]));
				Map<LocalDate, Folded> after = fold(city, this.batch.version(change[1]));
				for (Map.Entry<LocalDate, Folded> day : before.entrySet()) {
					boolean reopened = this.batch.isClosed(change[0], city, day.getKey())
							&& !this.batch.isClosed(change[1], city, day.getKey());
					if (reopened && day.getKey().isBefore(oldest[i])
							&& day.getValue().numbers().size() > after.getOrDefault(day.getKey(), Folded.NOTHING)
								.numbers()
								.size()) {
						throw failed("%s of %s is open again with generation %d, and nobody has what %d had"
							.formatted(day.getKey(), city, change[1], change[0]));
					}
				}
			}
		});
	}

	private void rest() {
		for (int i = 0; i < this.applications.size(); i++) {
			if (this.applications.get(i).process.isDead()) {
				this.applications.set(i, new Application("application " + i));
			}
		}
		Application last = this.applications.get(1);
		pass(Duration.ofDays(this.settlesAfter.getDays() + 2L));
		for (int i = 0; i <= this.log.size(); i++) {
			as(last, "writes to Cassandra", last::sink);
			as(last, "writes to the lake", last::archive);
		}
		as(last, "finishes the batch", () -> {
			if (last.batch.finish() == 0) {
				throw failed("No generation is published although nothing fails any more.");
			}
		});
		this.applications.forEach((each) -> as(each, "reads at the end", () -> CITIES.forEach((city) -> {
			check(each.days, city);
			LocalDate asked = LocalDate.ofInstant(now(), ZONES.get(city)).minusDays(AT_THE_END);
			this.log.stream().map(Sent::day).filter((day) -> day.city().equals(city)).distinct().forEach((day) -> {
				if (!day.day().isBefore(asked) && !Objects.requireNonNull(this.answered.get(day)).closed()) {
					throw failed("%s is still open although nothing fails any more".formatted(day));
				}
			});
		})));
	}

	private void check(UnifiedDays unified, String city) {
		ZoneId zone = ZONES.get(city);
		int acknowledged = this.acknowledged;
		int wentBack = this.wentBack;
		Map<CityDay, Answered> before = new HashMap<>(this.answered);
		CityDays days = unified.of(city).orElseThrow();
		LocalDate today = LocalDate.ofInstant(now(), zone);
		LocalDate oldest = this.views.oldestDay(zone);
		LocalDate from = today.minusDays(this.fate.isCalm() ? AT_THE_END : 8L + this.fate.below(20));
		List<Day> found = days.days(from, today.plusDays(this.fate.below(3)));
		this.answers++;
		Integer generation = days.generation();
		Map<LocalDate, Folded> batch = (generation != null) ? fold(city, this.batch.version(generation)) : Map.of();
		LocalDate expected = from;
		for (Day day : found) {
			if (!day.date().equals(expected)) {
				throw failed("%s comes where %s should".formatted(day.date(), expected));
			}
			expected = expected.plusDays(1);
			check(new CityDay(city, day.date()), day, generation, batch.getOrDefault(day.date(), Folded.NOTHING),
					oldest, acknowledged, before, wentBack);
		}
		if (!expected.equals(today.plusDays(1))) {
			throw failed("The days end before " + expected);
		}
		this.fate.note(() -> "has an answer of %s: generation %s, %s".formatted(city, generation,
				found.stream()
					.filter((day) -> !day.isMissing())
					.map((day) -> day.date() + " " + day.layer())
					.toList()));
	}

	private void check(CityDay at, Day day, @Nullable Integer generation, Folded batch, LocalDate oldest,
			int acknowledged, Map<CityDay, Answered> before, int wentBack) {
		Folded shown = decode(at, day);
		boolean closed = generation != null && this.batch.isClosed(generation, at.city(), at.day());
		boolean kept = !at.day().isBefore(oldest);
		if (day.layer() == Day.Layer.BATCH) {
			require(shown.equals(batch), at, "is not what generation %s has, %s: %s", generation, batch, shown);
		}
		else {
			require(!closed && kept, at, "is answered by the speed layer, for which it is not: %s", shown);
			Folded least = atLeast(at, acknowledged, shown);
			require(shown.equals(least), at, "lacks what was acknowledged, %s: %s", least, shown);
		}
		if (closed) {
			long position = this.lake.positionAt(this.batch.version(Objects.requireNonNull(generation)));
			for (int i = Math.toIntExact(position); i < this.log.size(); i++) {
				Sent sent = this.log.get(i);
				require(!sent.day().equals(at) || !sent.reading().collected().isBefore(end(at)), at,
						"is closed without message %s, which came before its end", i);
			}
		}
		else if (kept) {
			Folded least = fold(at, readings(at, acknowledged));
			require(shown.real() >= least.real(), at, "is not answered by the layer that has %s, but with %s", least,
					shown);
			require(shown.real() >= batch.real(), at, "is not answered by the layer that has %s, but with %s", batch,
					shown);
		}
		Answered last = before.get(at);
		if (last != null && shown.real() < last.real() && last.wentBack() == this.wentBack) {
			// In the midst of publishing, or when nobody could tell any more
			Instant heard = closed ? this.batch.heard(Objects.requireNonNull(generation)) : Instant.MAX;
			if (closed && !last.closed() && (!kept || !last.at().isBefore(heard))) {
				this.lateHidden++;
			}
			else {
				require(!kept && last.kept() && !closed, at, "had %s hours, and now %s", last.real(), shown);
			}
		}
		this.answered.put(at, new Answered(shown.real(), closed, wentBack, kept, now()));
	}

	private void require(boolean holds, CityDay day, String sentence, @Nullable Object... values) {
		if (!holds) {
			throw failed(day + " " + sentence.formatted(values));
		}
	}

	/** Which reading counts in each hour, as the sum of the temperatures says. */
	private Folded decode(CityDay at, Day day) {
		State state = day.state(Resolution.HOUR);
		if (state == null) {
			require(day.readings() == 0, at, "has readings without hours");
			return Folded.NOTHING;
		}
		long sum = (long) state.number(WeatherViews.SUMMARY.indexOf(WeatherViews.sum(Metric.TEMPERATURE)));
		Map<Integer, Integer> numbers = new HashMap<>();
		for (int hour = 0; hour < HOURS; hour++) {
			int number = (int) (sum % BASE);
			sum /= BASE;
			if (number > 0) {
				numbers.put(hour, number);
			}
		}
		require(numbers.size() == day.readings(), at, "has %s readings, and is made of %s", day.readings(), numbers);
		return new Folded(numbers, day.isSimulated());
	}

	/** The fold of all that was acknowledged, and of what is shown. */
	private Folded atLeast(CityDay at, int acknowledged, Folded shown) {
		List<Reading> readings = new ArrayList<>(readings(at, acknowledged));
		for (Sent sent : this.log.subList(acknowledged, this.log.size())) {
			Reading reading = sent.reading();
			if (sent.day().equals(at) && shown.numbers().containsValue(number(reading))
					&& Objects.equals(shown.numbers().get(hour(reading)), number(reading))) {
				readings.add(reading);
			}
		}
		return fold(at, readings);
	}

	private List<Reading> readings(CityDay at, int acknowledged) {
		return this.log.subList(0, acknowledged)
			.stream()
			.filter((sent) -> sent.day().equals(at))
			.map(Sent::reading)
			.toList();
	}

	/** All days of a city, as a version of the lake has them. */
	private Map<LocalDate, Folded> fold(String city, long version) {
		return this.folded.computeIfAbsent(city + version, (key) -> foldAnew(city, version));
	}

	private Map<LocalDate, Folded> foldAnew(String city, long version) {
		Map<LocalDate, List<Reading>> byDay = new HashMap<>();
		this.lake.at(version)
			.stream()
			.filter((reading) -> reading.city().equals(city))
			.forEach((reading) -> byDay
				.computeIfAbsent(LocalDate.ofInstant(reading.observedAt(), ZONES.get(city)), (day) -> new ArrayList<>())
				.add(reading));
		Map<LocalDate, Folded> folded = new HashMap<>();
		byDay.forEach((day, readings) -> folded.put(day, fold(new CityDay(city, day), readings)));
		return folded;
	}

	/** Which readings of a day count, by other means than the fold's. */
	private Folded fold(CityDay at, List<Reading> readings) {
		Instant newest = readings.stream()
			.filter((reading) -> reading.channel() == Channel.HISTORY)
			.map(Reading::collected)
			.max(Comparator.naturalOrder())
			.orElse(Instant.MIN);
		Map<Integer, Reading> real = new HashMap<>();
		Map<Integer, Reading> simulated = new HashMap<>();
		for (Reading reading : readings) {
			if (reading.channel() != Channel.HISTORY || reading.collected().equals(newest)) {
				(reading.origin().isSimulated() ? simulated : real).merge(hour(reading), reading,
						(one, other) -> (BEST.compare(one, other) >= 0) ? one : other);
			}
		}
		Map<Integer, Integer> numbers = new HashMap<>();
		(real.isEmpty() ? simulated : real).forEach((hour, reading) -> numbers.put(hour, number(reading)));
		return new Folded(numbers, real.isEmpty() && !simulated.isEmpty());
	}

	private static int hour(Reading reading) {
		LocalDate day = LocalDate.ofInstant(reading.observedAt(), ZONES.get(reading.city()));
		return (int) Duration.between(begin(new CityDay(reading.city(), day)), reading.observedAt()).toHours();
	}

	private static int number(Reading reading) {
		return (int) Math.round(reading.values().orNaN(Metric.TEMPERATURE) / Math.pow(BASE, hour(reading)));
	}

	private AssertionError failed(String sentence) {
		this.fate.note("FAILED: " + sentence);
		return new AssertionError(sentence);
	}

}
