package io.isobar.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.isobar.batch.PlainTables.CityDate;
import io.isobar.embedded.Faults;
import io.isobar.jobs.Execution;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.lake.ReadingStore;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.batch.core.BatchStatus;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever happens, in whatever order: files with duplicates and corrections, streamed
 * readings that come late, providers that change their mind or are away, failing and
 * killed runs, going back and forward. After each publication the tables say what all
 * readings say that ever came in, folded from scratch by other means
 * ({@link PlainTables}), and at last a run that computes what is new, one that computes
 * everything and one that reads everything anew publish the same.
 * <p>
 * What happens follows from a number, which is printed; {@code -Dhistories.seed=…}
 * repeats it. In profile {@code faults} it is another number each time, and more happens.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.embedded.database=" + RandomHistoriesIT.DATABASE,
				"isobar.lake.root=" + RandomHistoriesIT.ROOT, "isobar.jobs.delay=PT0.01S",
				"isobar.provider.order=visual-crossing", "isobar.operator.password=" + RandomHistoriesIT.PASSWORD,
				RandomHistoriesIT.KEY, RandomHistoriesIT.BUDGET, RandomHistoriesIT.SETTLES, RandomHistoriesIT.SCHEDULE,
				AnotherInstance.LEASE, AnotherInstance.NAME, AnotherInstance.COUNTRY, AnotherInstance.LATITUDE,
				AnotherInstance.LONGITUDE, AnotherInstance.ZONE, RandomHistoriesIT.NAME, RandomHistoriesIT.COUNTRY,
				RandomHistoriesIT.LATITUDE, RandomHistoriesIT.LONGITUDE, RandomHistoriesIT.ZONE })
class RandomHistoriesIT {

	static final String DATABASE = "random_histories";

	static final String ROOT = "/random-histories";

	static final String PASSWORD = "of-this-test-only";

	static final String KEY = "isobar.provider.visual-crossing.key=in-this-test-only";

	static final String BUDGET = "isobar.provider.visual-crossing.daily-budget=1000000";

	/** So late that all days are asked again and again. */
	static final String SETTLES = "isobar.provider.visual-crossing.settles-after=P50Y";

	/** Nothing runs by itself. */
	static final String SCHEDULE = "isobar.batch.schedule=0 0 0 1 1 *";

	static final String NAME = "isobar.cities[1].name=Kolkata";

	static final String COUNTRY = "isobar.cities[1].country=IN";

	static final String LATITUDE = "isobar.cities[1].latitude=22.57";

	static final String LONGITUDE = "isobar.cities[1].longitude=88.36";

	static final String ZONE = "isobar.cities[1].timezone=Asia/Kolkata";

	/** A third one becomes known by a file only. */
	private static final Map<String, String> COUNTRIES = Map.of("Paris", "FR", "Kolkata", "IN", "St. John's", "CA");

	/**
	 * Years that are closed and such as are not; in some of these days clocks change.
	 */
	private static final List<LocalDate> STARTS = List.of(LocalDate.of(2019, 2, 27), LocalDate.of(2024, 12, 30),
			LocalDate.of(2025, 3, 29), LocalDate.of(2025, 10, 31));

	private static final int DAYS = 4;

	private static final List<String> CRASHES_OF_THE_JOB = List.of("collect.answered", "raw.written", "raw.renamed",
			"lake.written", "lake.committed", "collect.noted", "analyse.written", "export.city_day",
			"export.degree_days", "export.clusters", "publish.before", "publish.within", "publish.after");

	private static final List<String> CRASHES_OF_THE_IMPORT = List.of("raw.written", "raw.renamed", "import.kept",
			"lake.written", "lake.committed", "import.noted");

	private static final String ALL_RULES = String.join(",", Validate.RULES);

	private static final int STEPS = 7;

	private static final long SEED = seed();

	private static final Random random = new Random(SEED);

	/** All that ever came in. */
	private static final List<Reading> readings = new ArrayList<>();

	private static Instant collected = Instant.parse("2026-01-01T00:00:00Z");

	private static ChangingProvider provider;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private Generations generations;

	@Autowired
	private ReadingStore store;

	@Autowired
	private JdbcClient jdbc;

	@LocalServerPort
	private int port;

	@TempDir
	private Path temp;

	private JobRuns runs;

	/** What each generation says that was published. */
	private final Map<Integer, Published> published = new TreeMap<>();

	/** The one that is current; 0: none. */
	private int current;

	/** Whether scheduled runs publish nothing. */
	private boolean held;

	private LocalDate night = LocalDate.of(2026, 1, 1);

	private final Set<String> known = new TreeSet<>(List.of("Paris", "Kolkata"));

	private final List<Path> imported = new ArrayList<>();

	/** The days that were to be collected. */
	private final List<Days> asked = new ArrayList<>();

	private int streamed;

	/** What has happened, for whoever reads that it failed. */
	private final List<String> done = new ArrayList<>();

	/**
	 * What a generation says.
	 *
	 * @param closed the days that the batch layer answers for
	 */
	private record Published(PlainTables tables, Set<CityDate> closed) {

		static final Published NOTHING = new Published(new PlainTables(new TreeMap<>()), Set.of());

	}

	/** A few days after another. */
	private record Days(LocalDate from, LocalDate to) {

		static Days any() {
			LocalDate start = STARTS.get(random.nextInt(STARTS.size()));
			int first = random.nextInt(DAYS);
			return new Days(start.plusDays(first), start.plusDays(Math.min(DAYS - 1, first + random.nextInt(3))));
		}

		LocalDate one() {
			return this.from.plusDays(random.nextInt((int) (this.to.toEpochDay() - this.from.toEpochDay()) + 1));
		}

		Map<String, String> parameters() {
			Map<String, String> parameters = new HashMap<>();
			parameters.put("from", this.from.toString());
			parameters.put("to", this.to.toString());
			return parameters;
		}

	}

	private static long seed() {
		long seed = Long.getLong("histories.seed", (Faults.repetitions() > 0) ? System.nanoTime() : 1);
		System.out.println("Random history: -Dhistories.seed=" + seed);
		return seed;
	}

	@DynamicPropertySource
	static void provider(DynamicPropertyRegistry properties) throws IOException {
		provider = new ChangingProvider(random, Map.of("48.85", "Paris", "22.57", "Kolkata"), readings,
				RandomHistoriesIT::later);
		properties.add("isobar.provider.visual-crossing.url", provider::url);
	}

	@AfterAll
	static void close() {
		provider.close();
	}

	private static Instant later() {
		collected = collected.plusSeconds(1);
		return collected;
	}

	@Test
	void afterEachPublicationTheTablesSayWhatAllReadingsSay() throws Exception {
		this.runs = new JobRuns(this.launches, this.executions);
		importFile("St. John's", Days.any());
		importFile("Paris", Days.any());
		collect(Days.any(), false);
		collect(this.asked.get(0), false);
		int steps = STEPS * Math.max(1, Faults.repetitions());
		int kill = random.nextInt(STEPS);
		for (int step = 0; step < steps; step++) {
			if (step % STEPS == kill) {
				kill();
			}
			else {
				step();
			}
		}
		thatAndEverythingAndEverythingReadAnewAreTheSame();
	}

	private void step() throws IOException {
		switch (random.nextInt(16)) {
			case 0, 1 -> importFile(any(COUNTRIES.keySet()), Days.any());
			case 2 -> importAgain();
			case 3, 4, 5 -> stream(any(this.known), Days.any());
			case 6, 7 -> collect();
			case 8 -> collectWhileTheProviderIsInTrouble();
			case 9 -> run(with("recompute", "full"));
			case 10 -> run(with("reparse", "true"));
			case 11 -> run(new HashMap<>());
			case 12, 13 -> goBackOrForward();
			case 14 -> night();
			default -> failToExport();
		}
	}

	private static String any(Set<String> names) {
		return new ArrayList<>(new TreeSet<>(names)).get(random.nextInt(names.size()));
	}

	private static Map<String, String> with(String parameter, String value) {
		Map<String, String> parameters = new HashMap<>();
		parameters.put(parameter, value);
		return parameters;
	}

	private static Instant instant(String city, LocalDate day) {
		Instant start = day.atStartOfDay(RandomReadings.ZONES.get(city)).toInstant();
		return start.plusSeconds(random.nextInt(48) * 1800L + ((random.nextInt(5) == 0) ? random.nextInt(1800) : 0));
	}

	private static Map<Metric, Double> values() {
		Map<Metric, Double> values = new TreeMap<>();
		for (Metric metric : List.of(Metric.TEMPERATURE, Metric.HUMIDITY, Metric.PRECIPITATION, Metric.PRESSURE)) {
			if (random.nextInt(5) > 0) {
				values.put(metric, ChangingProvider.value(random) + ((metric == Metric.PRESSURE) ? 1000 : 0));
			}
		}
		return values;
	}

	// Readings that come in

	private void importFile(String city, Days days) throws IOException {
		Path folder = newFile(city, days);
		this.runs.completed(WeatherImportJob.NAME, Map.of("path", folder.toString()));
	}

	/** A file that nobody knows yet; what it says counts from now on. */
	private Path newFile(String city, Days days) throws IOException {
		say("import %s of %s", days, city);
		Instant now = later();
		List<String> lines = new ArrayList<>();
		lines.add("city,country,observed_at,resolution,origin,temperature,temperature_min,temperature_max,"
				+ "humidity,precipitation,pressure");
		List<Reading> rows = new ArrayList<>();
		int count = 1 + random.nextInt(60);
		Origin origin = List
			.of(Origin.FILE, Origin.FILE, Origin.FILE, Origin.OPEN_METEO, Origin.SIMULATED, new Origin("station"))
			.get(random.nextInt(6));
		for (int i = 0; i < count; i++) {
			rows.add((random.nextInt(15) == 0) ? wholeDay(city, days.one(), origin, now)
					: Reading.hour(city, instant(city, days.one()), origin, Channel.FILE, now, Values.of(values())));
		}
		for (int i = 0; i < count / 5; i++) {
			// Again, or another value of the same time
			Reading row = rows.get(random.nextInt(rows.size()));
			rows.add((random.nextBoolean() || row.resolution() == Resolution.DAY) ? row
					: Reading.hour(city, row.observedAt(), origin, Channel.FILE, now, Values.of(values())));
		}
		rows.forEach((row) -> lines.add(line(row)));
		Path folder = Files.createDirectories(this.temp.resolve("file" + this.imported.size()));
		Files.write(folder.resolve("rows.csv"), lines);
		Files.writeString(folder.resolve("mapping.yaml"), "timezone: " + RandomReadings.ZONES.get(city));
		this.imported.add(folder);
		this.known.add(city);
		readings.addAll(rows);
		return folder;
	}

	private static Reading wholeDay(String city, LocalDate day, Origin origin, Instant now) {
		double low = ChangingProvider.value(random);
		return new Reading(city, day.atStartOfDay(RandomReadings.ZONES.get(city)).toInstant(), Resolution.DAY, origin,
				Channel.FILE, now, Values.of(values()), Values.of(Map.of(Metric.TEMPERATURE, low)),
				Values.of(Map.of(Metric.TEMPERATURE, low + 5)), null, Map.of());
	}

	private static String line(Reading row) {
		return String.format(Locale.ROOT, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s", row.city(), COUNTRIES.get(row.city()),
				row.observedAt(), row.resolution().column(), row.origin().name(),
				text(row.values(), Metric.TEMPERATURE), text(row.lows(), Metric.TEMPERATURE),
				text(row.highs(), Metric.TEMPERATURE), text(row.values(), Metric.HUMIDITY),
				text(row.values(), Metric.PRECIPITATION), text(row.values(), Metric.PRESSURE));
	}

	private static String text(Values values, Metric metric) {
		return values.has(metric) ? String.valueOf(values.orNaN(metric)) : "";
	}

	private void importAgain() {
		say("import again");
		this.runs.completed(WeatherImportJob.NAME,
				Map.of("path", this.imported.get(random.nextInt(this.imported.size())).toString()));
	}

	/**
	 * As the sink of the speed layer writes them, most of them for days that are closed.
	 */
	private void stream(String city, Days days) {
		say("stream %s of %s", days, city);
		List<Reading> some = new ArrayList<>();
		int count = 1 + random.nextInt(30);
		for (int i = 0; i < count; i++) {
			Origin origin = List.of(Origin.VISUAL_CROSSING, Origin.OPEN_METEO, Origin.SIMULATED, new Origin("station"))
				.get(random.nextInt(4));
			Instant observed = instant(city, days.one());
			// Rarely one that comes before it was observed
			some.add(Reading.hour(city, observed, origin, Channel.STREAM,
					observed.plusSeconds((random.nextInt(20) == 0) ? -60 : random.nextInt(100)), Values.of(values())));
		}
		String write = "stream:" + this.streamed++;
		assertThat(this.store.append(write, 0, null, some, RandomReadings.ZONES::get)).isTrue();
		assertThat(this.store.append(write, 0, null, some, RandomReadings.ZONES::get)).isFalse();
		readings.addAll(some);
	}

	// Runs

	/**
	 * Mostly days that were collected before, of which the provider now says otherwise.
	 */
	private void collect() {
		boolean again = random.nextInt(3) > 0;
		collect(again ? this.asked.get(random.nextInt(this.asked.size())) : Days.any(), true);
	}

	private void collect(Days days, boolean silent) {
		this.asked.add(days);
		provider.changeItsMind(days.from(), days.to(), silent);
		run(days.parameters());
	}

	private void collectWhileTheProviderIsInTrouble() {
		Days days = Days.any();
		provider.changeItsMind(days.from(), days.to(), false);
		provider.getIntoTrouble();
		Execution execution = run(days.parameters());
		provider.recover();
		if (execution.status() == BatchStatus.FAILED
				&& this.generations.publishedBy(execution.executionId()).size() > 0) {
			say("restart");
			Map<String, String> again = days.parameters();
			ended(this.runs.restarted(execution.executionId()), again, false);
		}
	}

	private void night() {
		say("night");
		Map<String, String> parameters = with("collect", "false");
		this.night = this.night.plusDays(1);
		Execution execution = this.launches.launchScheduled(WeatherBatchJob.NAME, this.night, parameters, "schedule")
			.orElseThrow();
		ended(this.runs.awaitEnd(execution.executionId()), parameters, true);
		if (this.held && random.nextBoolean()) {
			say("release");
			put("/holds/weather?release=true");
			this.held = false;
		}
	}

	/** Launches a run, and checks what becomes of it. */
	private Execution run(Map<String, String> parameters) {
		parameters.putIfAbsent("collect", String.valueOf(parameters.containsKey("from")));
		say("run %s", parameters);
		Execution execution = this.runs.ended(WeatherBatchJob.NAME, parameters);
		ended(execution, parameters, false);
		return execution;
	}

	/** What a person has to accept is accepted at the second attempt. */
	private void ended(Execution execution, Map<String, String> parameters, boolean scheduled) {
		Set<String> failed = provider.failed();
		Published now = now();
		Set<String> broken = broken(now.tables());
		String failures = this.executions.failures(execution).toString();
		assertThat(execution.status()).as(() -> this.done + " " + failures)
			.isEqualTo((broken.isEmpty() || parameters.containsKey("accept")) && failed.isEmpty()
					? BatchStatus.COMPLETED : BatchStatus.FAILED);
		for (String city : failed) {
			assertThat(failures).as(this.done::toString).contains(city);
		}
		if (!broken.isEmpty() && !parameters.containsKey("accept")) {
			assertThat(failures).as(this.done::toString).contains("accept=" + String.join(",", broken));
			check();
			if (!scheduled) {
				run(new HashMap<>(Map.of("accept", String.join(",", broken))));
			}
			return;
		}
		if (!scheduled || !this.held) {
			int before = this.current;
			this.current = this.generations.current(Dataset.WEATHER).orElseThrow().number();
			assertThat(this.current).as(this.done::toString).isGreaterThan(before);
			this.published.put(this.current, now);
		}
		check();
	}

	private void failToExport() {
		Map<String, String> parameters = new HashMap<>(Map.of("collect", "false", "accept", ALL_RULES));
		say("fail to export");
		this.jdbc.sql("ALTER TABLE clusters RENAME COLUMN label TO marker").update();
		Execution failed;
		try {
			failed = this.runs.ended(WeatherBatchJob.NAME, parameters);
		}
		finally {
			this.jdbc.sql("ALTER TABLE clusters RENAME COLUMN marker TO label").update();
		}
		assertThat(failed.status()).as(this.done::toString).isEqualTo(BatchStatus.FAILED);
		check();
		if (random.nextBoolean()) {
			say("restart");
			ended(this.runs.restarted(failed.executionId()), parameters, false);
		}
	}

	/** Another instance of the application is killed; this one goes on with its job. */
	private void kill() throws Exception {
		boolean importing = random.nextInt(3) == 0;
		List<String> points = importing ? CRASHES_OF_THE_IMPORT : CRASHES_OF_THE_JOB;
		String point = points.get(random.nextInt(points.size()));
		String job = importing ? WeatherImportJob.NAME : WeatherBatchJob.NAME;
		Map<String, String> parameters;
		if (importing) {
			parameters = Map.of("path", newFile(any(COUNTRIES.keySet()), Days.any()).toString());
		}
		else {
			Days days = Days.any();
			provider.changeItsMind(days.from(), days.to(), false);
			parameters = days.parameters();
			parameters.put("accept", ALL_RULES);
		}
		say("kill %s %s at %s", job, parameters, point);
		try (AnotherInstance instance = AnotherInstance.start(this.temp.resolve("killed"), DATABASE, ROOT,
				"-Dcrash.at=" + point, "--isobar.provider.order=visual-crossing",
				"--isobar.provider.visual-crossing.url=" + provider.url(), "--" + KEY, "--" + BUDGET, "--" + SETTLES,
				"--" + SCHEDULE, "--" + NAME, "--" + COUNTRY, "--" + LATITUDE, "--" + LONGITUDE, "--" + ZONE)) {
			instance.awaitUp().launch(job, JsonMapper.shared().writeValueAsString(parameters));
			instance.awaitKilled(point);
		}
		// PostgreSQL's clock goes on
		this.jdbc.sql("update lease set until = clock_timestamp() - interval '1 s'").update();
		await().atMost(AnotherInstance.LONG).until(() -> {
			Execution newest = this.executions.newest().get(job);
			return newest.attempt() == 2 && !newest.isRunning();
		});
		Execution resumed = this.executions.newest().get(job);
		if (importing) {
			assertThat(resumed.status()).as(this.done::toString).isEqualTo(BatchStatus.COMPLETED);
		}
		else {
			ended(resumed, parameters, false);
		}
	}

	private void goBackOrForward() {
		List<Integer> others = this.generations.kept()
			.stream()
			.map(Generation::number)
			.filter((number) -> number != this.current)
			.sorted()
			.toList();
		if (others.isEmpty()) {
			return;
		}
		int wanted = others.get(random.nextInt(others.size()));
		say("from %d to %d", this.current, wanted);
		put("/" + wanted + "?current=true");
		this.held |= wanted < this.current;
		this.current = wanted;
		check();
	}

	private void put(String what) {
		RestTestClient.bindToServer()
			.baseUrl("http://localhost:" + this.port)
			.build()
			.put()
			.uri("/api/batch/generations" + what)
			.headers((headers) -> headers.setBasicAuth("operator", PASSWORD))
			.exchange()
			.expectStatus()
			.isOk();
	}

	private void thatAndEverythingAndEverythingReadAnewAreTheSame() {
		run(new HashMap<>());
		PlainTables incremental = new PlainTables(tables());
		run(with("recompute", "full"));
		assertThat(incremental.differences(tables())).as(this.done::toString).isEmpty();
		run(with("reparse", "true"));
		assertThat(incremental.differences(tables())).as(this.done::toString).isEmpty();
		assertThat(this.published.get(this.current).tables().rows()).containsKeys("city_day", "city_month", "amplitude",
				"degree_days", "normals", "comparison", "extremes", "correlations");
	}

	private void say(String what, Object... about) {
		this.done.add(what.formatted(about));
	}

	// What is to be

	/** What a run that starts from the current generation finds. */
	private Published now() {
		PlainTables tables = PlainTables.of(readings);
		Set<CityDate> closed = new HashSet<>(before().closed());
		closed.addAll(provider.answered());
		closed.addAll(tables.days("readings_file"));
		return new Published(tables, closed);
	}

	private Published before() {
		return this.published.getOrDefault(this.current, Published.NOTHING);
	}

	/** The global rules that such a result breaks. */
	private Set<String> broken(PlainTables now) {
		Set<String> broken = new TreeSet<>();
		Set<CityDate> lost = new HashSet<>(before().tables().days("readings"));
		lost.retainAll(before().closed());
		lost.removeAll(now.days("readings"));
		if (!lost.isEmpty()) {
			broken.add(Validate.LOST_DAYS);
		}
		Map<String, Long> had = before().tables().readings();
		Map<String, Long> has = now.readings();
		boolean less = sum(has) < 0.99 * sum(had);
		if (less || had.entrySet()
			.stream()
			.anyMatch((city) -> has.getOrDefault(city.getKey(), 0L) < 0.9 * city.getValue())) {
			broken.add(Validate.SHRINKING);
		}
		return broken;
	}

	private static long sum(Map<String, Long> readings) {
		return readings.values().stream().mapToLong(Long::longValue).sum();
	}

	// What is

	/** The current generation is the one it should be, and says what it should. */
	private void check() {
		assertThat(this.generations.current(Dataset.WEATHER).map(Generation::number).orElse(0)).as(this.done::toString)
			.isEqualTo(this.current);
		assertThat(this.generations.hold(Dataset.WEATHER).isPresent()).as(this.done::toString).isEqualTo(this.held);
		assertThat(before().tables().differences(tables())).as(this.done::toString).isEmpty();
		assertThat(closed()).as(this.done::toString).isEqualTo(before().closed());
	}

	private Map<String, Map<String, Map<String, @Nullable Object>>> tables() {
		Map<String, Map<String, Map<String, @Nullable Object>>> tables = new TreeMap<>();
		for (BatchTable table : BatchTable.WEATHER) {
			Map<String, Map<String, @Nullable Object>> rows = new TreeMap<>();
			this.jdbc.sql("SELECT * FROM %s WHERE valid_from <= :g AND :g < valid_to".formatted(table.name()))
				.param("g", this.current)
				.query()
				.listOfRows()
				.forEach((row) -> {
					Map<String, @Nullable Object> values = new LinkedHashMap<>();
					table.columns().forEach((column) -> values.put(column, plain(row.get(column))));
					assertThat(rows.put(PlainTables.key(table, values), values)).as(this.done::toString).isNull();
				});
			tables.put(table.name(), rows);
		}
		return tables;
	}

	private static @Nullable Object plain(@Nullable Object value) {
		if (value instanceof Date day) {
			return day.toLocalDate();
		}
		if (value instanceof Timestamp instant) {
			return instant.toInstant();
		}
		return (value instanceof Integer number) ? (Object) number.longValue() : value;
	}

	private Set<CityDate> closed() {
		return new HashSet<>(this.jdbc.sql("""
				SELECT c.city, CAST(d AS date) AS day FROM closed_days c, unnest(c.days) AS r,
				  generate_series(lower(r), upper(r) - 1, interval '1 day') AS d
				WHERE c.valid_from <= :g AND :g < c.valid_to""")
			.param("g", this.current)
			.query((row, number) -> new CityDate(row.getString("city"), row.getObject("day", LocalDate.class)))
			.list());
	}

}
