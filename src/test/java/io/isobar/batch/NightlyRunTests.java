package io.isobar.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import io.isobar.jobs.Schedule;
import io.isobar.provider.MovableClock;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;

/** When the run of 02:00 in Paris is launched. */
class NightlyRunTests {

	private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

	private static final LocalDate MONDAY = LocalDate.of(2026, 11, 23);

	/** The days whose runs were launched, by any instance. */
	private final List<LocalDate> launched = new ArrayList<>();

	private @Nullable Instant published;

	private boolean databaseIsAway;

	private final MovableClock clock = new MovableClock(at(MONDAY, 12));

	private NightlyRun instance = started();

	@Test
	void itIsLaunchedWhenItIsDue() {
		look();
		assertThat(this.launched).isEmpty();

		this.clock.move(Duration.ofHours(14));
		look();
		look();

		assertThat(this.launched).containsExactly(MONDAY.plusDays(1));
	}

	@Test
	void oneLooksAgainWhenItIsDueAndAtLeastEveryMinute() {
		assertThat(this.instance.nextLook()).isEqualTo(at(MONDAY, 12).plusSeconds(60));

		this.clock.move(Duration.ofHours(14).minusSeconds(20));

		assertThat(this.instance.nextLook()).isEqualTo(at(MONDAY.plusDays(1), 2));
	}

	@Test
	void aNewInstallationHasMissedNothing() {
		look();

		assertThat(this.launched).isEmpty();
	}

	@Test
	void whatWasMissedWhileTheApplicationWasOffIsMadeUpOnce() {
		this.published = at(MONDAY.minusDays(3), 3);

		look();
		this.instance = started();
		look();

		assertThat(this.launched).containsExactly(MONDAY);
	}

	@Test
	void whatWasPublishedSinceNeedNotBeMadeUp() {
		this.published = at(MONDAY, 3);

		look();

		assertThat(this.launched).isEmpty();
	}

	@Test
	void ofSeveralInstancesOneLaunchesIt() {
		List<NightlyRun> instances = List.of(started(), started(), started());
		this.clock.move(Duration.ofHours(14));

		instances.forEach(NightlyRun::launchIfDue);

		assertThat(this.launched).containsExactly(MONDAY.plusDays(1));
	}

	@Test
	void whileTheDatabaseIsAwayItWaits() {
		this.clock.move(Duration.ofHours(14));
		this.databaseIsAway = true;
		look();
		look();
		assertThat(this.launched).isEmpty();

		this.databaseIsAway = false;
		look();
		look();

		assertThat(this.launched).containsExactly(MONDAY.plusDays(1));
	}

	@Test
	void aMachineThatSleptOverItLaunchesItWhenItWakesUp() {
		this.clock.move(Duration.ofHours(21));

		look();

		assertThat(this.launched).containsExactly(MONDAY.plusDays(1));
	}

	@Test
	void aClockThatIsPutBackDoesNotLaunchItTwice() {
		this.clock.move(Duration.ofHours(14));
		look();

		this.clock.move(Duration.ofHours(-1));
		look();
		this.clock.move(Duration.ofHours(1));
		look();

		assertThat(this.launched).containsExactly(MONDAY.plusDays(1));
	}

	@Test
	void aClockThatIsPutForwardOverItLaunchesItOnce() {
		this.clock.move(Duration.ofMinutes(13 * 60 + 30));
		look();

		this.clock.move(Duration.ofHours(1));
		look();
		this.clock.move(Duration.ofHours(1));
		look();

		assertThat(this.launched).containsExactly(MONDAY.plusDays(1));
	}

	@Test
	void afterAClockThatWasAYearAheadEveryNightComesAsBefore() {
		look();
		this.clock.move(Duration.ofDays(365));
		look();
		this.published = this.clock.instant();
		this.clock.move(Duration.ofDays(-365));
		look();
		// What was published in the future says nothing of this Monday
		assertThat(this.launched).containsExactly(MONDAY.plusDays(365), MONDAY);

		this.clock.move(Duration.ofHours(14));
		look();
		this.clock.move(Duration.ofDays(1));
		this.instance = started();
		look();

		assertThat(this.launched).containsExactly(MONDAY.plusDays(365), MONDAY, MONDAY.plusDays(1), MONDAY.plusDays(2));
	}

	@Test
	void whereTwoOClockDoesNotExistOrExistsTwiceItIsLaunchedOnce() {
		for (LocalDate day : List.of(LocalDate.of(2026, 3, 29), LocalDate.of(2026, 10, 25))) {
			this.launched.clear();
			this.clock.move(Duration.between(this.clock.instant(), day.atStartOfDay(PARIS).toInstant()));
			this.instance = started();

			while (this.clock.instant().isBefore(day.plusDays(1).atStartOfDay(PARIS).toInstant())) {
				this.clock.move(Duration.ofMinutes(7));
				look();
			}

			assertThat(this.launched).containsExactly(day);
		}
	}

	/** Clocks leap, the application is started anew, and instances come and go. */
	@Property(tries = 100)
	void noNightIsLaunchedTwiceAndNoneIsLeftOut(@ForAll long seed) {
		Random random = new Random(seed);
		this.launched.clear();
		this.clock.move(Duration.between(this.clock.instant(), at(MONDAY, 12)));
		this.published = at(MONDAY, 12);
		this.instance = started();
		NightlyRun other = started();
		for (int i = 0; i < 200; i++) {
			// Rather forward than back, and never over a whole day
			this.clock.move(Duration.ofMinutes(random.nextInt(-60, 600)));
			if (random.nextInt(10) == 0) {
				this.instance = started();
			}
			(random.nextBoolean() ? other : this.instance).launchIfDue();
		}
		other.launchIfDue();

		assertThat(this.launched).doesNotHaveDuplicates();
		LocalDate last = this.launched.get(this.launched.size() - 1);
		assertThat(this.launched).containsExactlyElementsOf(MONDAY.plusDays(1).datesUntil(last.plusDays(1)).toList());
	}

	private NightlyRun started() {
		return new NightlyRun(new Schedule("0 0 2 * * *", PARIS), () -> Optional.ofNullable(this.published),
				this::launch, this.clock);
	}

	private void look() {
		this.instance.launchIfDue();
	}

	/** As the database does it: the first one. */
	private boolean launch(LocalDate day) {
		if (this.databaseIsAway) {
			throw new DataAccessResourceFailureException("PostgreSQL does not answer");
		}
		if (this.launched.contains(day)) {
			return false;
		}
		this.launched.add(day);
		return true;
	}

	private static Instant at(LocalDate day, int hour) {
		return day.atTime(hour, 0).atZone(PARIS).toInstant();
	}

}
