package io.isobar.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.isobar.batch.LateReadings.CityDay;
import io.isobar.batch.LateReadings.KeptOpen;
import io.isobar.simulation.Fate;
import io.isobar.simulation.Provided;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What came late while a run was under way is not hidden by publishing it. */
class LateReadingsTests {

	private static final LocalDate FRIDAY = LocalDate.of(2026, 11, 20);

	private static final DayRanges WEEK = DayRanges.of(FRIDAY.minusDays(4), FRIDAY.plusDays(1));

	private final Fate fate = Fate.kind();

	private final FakeBatchDatabase database = new FakeBatchDatabase(this.fate, Map.of("Paris", ZoneId.of("UTC")));

	@SuppressWarnings("NullAway")
	private final Generations generations = new Generations(this.database.table(),
			new BatchSettings("0 0 2 * * *", null, 3, 5, Duration.ZERO), this.fate.clock(),
			new Provided<GenerationCheck>(null));

	/** What the lake has in the version that the run is about. */
	private final List<Reading> counted = new ArrayList<>();

	private final Speed speed = new Speed();

	private final LateReadings late = new LateReadings(this.generations, this.database.days(),
			new Provided<>(this.speed), this::counted);

	private static final class Speed implements SpeedLayer {

		private final List<Reading> readings = new ArrayList<>();

		private final List<LocalDate> asked = new ArrayList<>();

		private @Nullable String failure;

		@Override
		public LocalDate oldestDay(ZoneId zone) {
			return FRIDAY.minusDays(2);
		}

		@Override
		public List<Reading> readings(String city, LocalDate from, LocalDate to) {
			if (this.failure != null) {
				throw new IllegalStateException(this.failure);
			}
			this.asked.add(from);
			return this.readings.stream().filter((reading) -> day(reading).equals(from)).toList();
		}

	}

	private Map<String, List<Reading>> counted(long version, Map<String, Set<LocalDate>> days,
			Map<String, ZoneId> zones) {
		return Map.of("Paris",
				this.counted.stream().filter((reading) -> days.get("Paris").contains(day(reading))).toList());
	}

	private static LocalDate day(Reading reading) {
		return LocalDate.ofInstant(reading.observedAt(), ZoneId.of("UTC"));
	}

	private static Reading reading(LocalDate day, int hour, double temperature) {
		return Reading.hour("Paris", day.atTime(hour, 0).toInstant(java.time.ZoneOffset.UTC), Origin.OPEN_METEO,
				Channel.STREAM, Instant.parse("2026-11-21T00:30:00.123Z"),
				Values.of(Map.of(Metric.TEMPERATURE, temperature)));
	}

	@Test
	void aDayStaysOpenOfWhichTheSpeedLayerHasMore() {
		this.speed.readings.add(reading(FRIDAY, 7, 5));
		this.speed.readings.add(reading(FRIDAY, 8, 6));
		this.speed.readings.add(reading(FRIDAY.minusDays(1), 8, 6));
		this.counted.add(reading(FRIDAY, 7, 5));
		this.counted.add(reading(FRIDAY.minusDays(1), 8, 6));

		KeptOpen kept = publish(WEEK, () -> {
		});

		assertThat(kept.days()).containsExactly(new CityDay("Paris", FRIDAY));
		assertThat(current()).isEqualTo(WEEK.minus(DayRanges.of(FRIDAY, FRIDAY.plusDays(1))));
	}

	@Test
	void aDayIsClosedOfWhichTheRunHasAll() {
		this.speed.readings.add(reading(FRIDAY, 7, 5));
		this.counted.add(reading(FRIDAY, 7, 5));
		this.counted.add(reading(FRIDAY, 8, 6));

		assertThat(publish(WEEK, () -> {
		}).days()).isEmpty();
		assertThat(current()).isEqualTo(WEEK);
	}

	@Test
	void anotherValueAtTheSameTimeIsAnotherReading() {
		this.speed.readings.add(reading(FRIDAY, 7, 5));
		this.counted.add(reading(FRIDAY, 7, 6));

		assertThat(publish(WEEK, () -> {
		}).days()).containsExactly(new CityDay("Paris", FRIDAY));
	}

	@Test
	void whatComesWhenTheRunHasBeenLookedThroughKeepsADayOpenToo() {
		assertThat(publish(WEEK, () -> this.speed.readings.add(reading(FRIDAY.minusDays(1), 8, 6))).days())
			.containsExactly(new CityDay("Paris", FRIDAY.minusDays(1)));
		assertThat(current()).isEqualTo(
				DayRanges.of(FRIDAY.minusDays(4), FRIDAY.minusDays(1)).plus(DayRanges.of(FRIDAY, FRIDAY.plusDays(1))));
	}

	@Test
	void whatWasClosedBeforeStaysClosedWhateverComes() {
		publish(WEEK, () -> {
		});
		this.speed.readings.add(reading(FRIDAY, 8, 6));
		this.speed.asked.clear();

		assertThat(publish(WEEK, () -> {
		}).days()).isEmpty();
		assertThat(this.speed.asked).isEmpty();
		assertThat(current()).isEqualTo(WEEK);
	}

	@Test
	void onlyDaysAreAskedForThatTheSpeedLayerKeeps() {
		publish(WEEK, () -> {
		});

		assertThat(this.speed.asked).containsOnly(FRIDAY.minusDays(2), FRIDAY.minusDays(1), FRIDAY);
	}

	@Test
	void whileTheSpeedLayerDoesNotAnswerDaysAreClosed() {
		this.speed.failure = "Cassandra does not answer.";

		KeptOpen kept = publish(WEEK, () -> {
		});

		assertThat(kept).isEqualTo(new KeptOpen(List.of(), "Cassandra does not answer."));
		assertThat(current()).isEqualTo(WEEK);
	}

	@Test
	void whatIsPublishedAlreadyStaysAsItIs() {
		int generation = export(WEEK);
		LateReadings.Looked looked = this.late.look(generation, 7);
		this.generations.publish(Dataset.WEATHER, generation, Map.of(), false);
		this.speed.readings.add(reading(FRIDAY, 8, 6));

		assertThat(this.late.keepOpen(generation, looked).days()).isEmpty();
		assertThat(current()).isEqualTo(WEEK);
	}

	private int export(DayRanges closed) {
		int generation = this.generations.begin(Dataset.WEATHER, 1,
				new Generations.Made(7, Map.of(), "definition", "1.0", null, Analyse.FULL, Map.of()));
		this.database.days().keep(generation, Map.of("Paris", closed));
		return generation;
	}

	/**
	 * A run that closes these days.
	 * @param meanwhile happens when it has been looked what it has
	 */
	private KeptOpen publish(DayRanges closed, Runnable meanwhile) {
		int generation = export(closed);
		LateReadings.Looked looked = this.late.look(generation, 7);
		meanwhile.run();
		KeptOpen kept = this.late.keepOpen(generation, looked);
		this.generations.publish(Dataset.WEATHER, generation, Map.of(), false);
		return kept;
	}

	private DayRanges current() {
		return this.database.currentDays().orElseThrow().of("Paris");
	}

}
