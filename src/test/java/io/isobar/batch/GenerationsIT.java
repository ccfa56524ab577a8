package io.isobar.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

import io.isobar.spark.CopyText;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever is exported, published, taken back, gone back to and pruned, in whatever
 * order: every generation that is kept has the rows that a full copy of it would have.
 */
class GenerationsIT {

	private static final BatchTable AMPLITUDE = table("amplitude");

	private static final BatchTable CLUSTERS = table("clusters");

	private static final List<String> CITIES = List.of("Paris", "Lyon", "Oslo");

	private static final List<String> MONTHS = List.of("2025-01", "2025-02", "2025-03", "2025-04");

	private final PublishedTables tables = new PublishedTables("generations");

	/** The model: full copies of all that was ever published, by number. */
	private final Map<Integer, Content> copies = new TreeMap<>();

	private final Map<Integer, Instant> retired = new HashMap<>();

	private int current;

	/** The rows of a table of each kind: one that is cut by months, one that is not. */
	private record Content(Map<String, Integer> months, Map<String, Integer> cities) {

		static final Content NOTHING = new Content(Map.of(), Map.of());

	}

	private static BatchTable table(String name) {
		return BatchTable.WEATHER.stream().filter((table) -> table.name().equals(name)).findFirst().orElseThrow();
	}

	@Property(tries = 6, shrinking = ShrinkingMode.OFF)
	void everyKeptGenerationHasTheRowsOfAFullCopy(@ForAll Random random) {
		this.tables.clear(Map.of());
		this.copies.clear();
		this.retired.clear();
		this.current = 0;
		List<String> done = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			done.add(step(random));
			assertThat(kept()).as(done::toString).isEqualTo(expected());
		}
	}

	private String step(Random random) {
		this.tables.setNow(this.tables.now().plus(Duration.ofMinutes(random.nextInt(50))));
		switch (this.copies.isEmpty() ? 0 : random.nextInt(8)) {
			case 0, 1, 2 -> {
				boolean all = this.copies.isEmpty() || random.nextInt(4) == 0;
				return "publish " + export(random, all, true);
			}
			case 3 -> {
				return "publish all " + export(random, true, true);
			}
			case 4 -> {
				return "fail " + export(random, random.nextBoolean(), false);
			}
			case 5, 6 -> {
				List<Integer> kept = this.copies.keySet()
					.stream()
					.filter((number) -> !this.retired.containsKey(number))
					.toList();
				int wanted = kept.get(random.nextInt(kept.size()));
				this.tables.makeCurrent(wanted);
				this.current = wanted;
				return "go to " + wanted;
			}
			default -> {
				this.tables.pruning.prune();
				return "prune";
			}
		}
	}

	private String export(Random random, boolean all, boolean publish) {
		Integer base = this.copies.isEmpty() ? null : this.current;
		Content before = (base != null) ? this.copies.get(base) : Content.NOTHING;
		TreeSet<String> changed = new TreeSet<>();
		int count = random.nextInt(4);
		for (int i = 0; i < count; i++) {
			changed.add(CITIES.get(random.nextInt(CITIES.size())) + "\t"
					+ ((random.nextInt(6) == 0) ? "*" : MONTHS.get(random.nextInt(MONTHS.size()))));
		}
		Content next = changed(before, all ? null : changed, random);
		this.tables.takeBackUnpublished();
		int generation = this.tables.generations.begin(Dataset.WEATHER, 1,
				new Generations.Made(1, Map.of(), "d", "1", base, "full", Map.of()));
		Scope scope = all ? Scope.ALL : Scope.of(List.copyOf(changed));
		Export.Attempt attempt = new Export.Attempt(generation, base, scope, false);
		this.tables.transaction.executeWithoutResult((status) -> this.tables.export.export(AMPLITUDE, (pieces) -> {
			for (Map.Entry<String, Integer> row : next.months().entrySet()) {
				String[] key = row.getKey().split("\t");
				if (all || isIn(changed, key[0], key[1])) {
					pieces.piece(CopyText.line(key[0], key[1], (double) row.getValue(), 2.0, 3L).getBytes());
				}
			}
		}, attempt));
		if (!publish && random.nextBoolean()) {
			return generation + " half";
		}
		this.tables.transaction.executeWithoutResult((status) -> this.tables.export.export(CLUSTERS, (pieces) -> {
			for (Map.Entry<String, Integer> row : next.cities().entrySet()) {
				pieces.piece(CopyText.line(row.getKey(), row.getValue(), "mild", null, 1.0, 2.0, 3.0, 4.0).getBytes());
			}
		}, attempt));
		if (publish) {
			assertThat(this.tables.publish(generation, false)).isEmpty();
			this.copies.put(generation, next);
			this.current = generation;
			List<Integer> published = new ArrayList<>(
					this.copies.keySet().stream().filter((number) -> !this.retired.containsKey(number)).toList());
			published.subList(0, Math.max(0, published.size() - PublishedTables.KEPT))
				.forEach((number) -> this.retired.put(number, this.tables.now()));
		}
		return generation + (all ? "" : " " + changed);
	}

	private static boolean isIn(TreeSet<String> changed, String city, String month) {
		return changed.contains(city + "\t" + month) || changed.contains(city + "\t*");
	}

	/**
	 * Rows come, go and change in the changed months, and in the table that is not cut.
	 */
	private static Content changed(Content before, TreeSet<String> changed, Random random) {
		Map<String, Integer> months = new TreeMap<>(before.months());
		Map<String, Integer> cities = new TreeMap<>(before.cities());
		for (String city : CITIES) {
			for (String month : MONTHS) {
				if (changed == null || isIn(changed, city, month)) {
					change(months, city + "\t" + month, random);
				}
			}
			change(cities, city, random);
		}
		return new Content(months, cities);
	}

	private static void change(Map<String, Integer> rows, String key, Random random) {
		switch (random.nextInt(4)) {
			case 0 -> rows.remove(key);
			case 1, 2 -> rows.put(key, random.nextInt(3));
			default -> {
			}
		}
	}

	/**
	 * What the tables have of each kept generation, and of such as were so a moment ago.
	 */
	private Map<Integer, Content> kept() {
		Map<Integer, Content> found = new TreeMap<>();
		this.tables.generations.needed(Dataset.WEATHER, this.tables.now().minus(Pruning.GRACE))
			.forEach((number) -> found.put(number,
					new Content(
							rows("SELECT city || E'\\t' || month, mean_daily_amplitude::int FROM amplitude", number),
							rows("SELECT city, cluster FROM clusters", number))));
		assertThat(this.tables.generations.current(Dataset.WEATHER).map(Generation::number).orElse(0))
			.isEqualTo(this.current);
		return found;
	}

	private Map<String, Integer> rows(String select, int generation) {
		Map<String, Integer> rows = new TreeMap<>();
		this.tables.jdbc.sql(select + " WHERE valid_from <= :g AND :g < valid_to")
			.param("g", generation)
			.query((row) -> {
				assertThat(rows.put(row.getString(1), row.getInt(2))).isNull();
			});
		return rows;
	}

	private Map<Integer, Content> expected() {
		Map<Integer, Content> expected = new TreeMap<>(this.copies);
		this.retired.forEach((number, at) -> {
			if (!at.isAfter(this.tables.now().minus(Pruning.GRACE))) {
				expected.remove(number);
			}
		});
		return expected;
	}

}
