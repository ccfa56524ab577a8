package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

import io.isobar.messages.RandomMessages;
import io.isobar.messages.WeatherMessage;
import io.isobar.simulation.Fate;
import io.isobar.views.FoldedStates;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The simulation's readings in Cassandra are kept as {@link CassandraSinkIT} shows. */
class FakeSpeedViewsTests {

	private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

	private static final LocalDate DAY = LocalDate.of(2026, 11, 18);

	private final Fate fate = Fate.kind();

	private FakeSpeedViews views(Period retention) {
		return new FakeSpeedViews(this.fate, Map.of("Paris", PARIS), retention);
	}

	private List<WeatherMessage> messages(Random random) {
		Instant begin = DAY.atStartOfDay(PARIS).toInstant();
		List<WeatherMessage> messages = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			messages.add(RandomMessages.message("Paris", begin, Duration.ofHours(36), random));
		}
		return messages;
	}

	@Test
	void whatItKeepsFoldsToTheSameDaysAsAllMessagesWhateverTheirOrder() {
		for (int seed = 0; seed < 100; seed++) {
			Random random = new Random(seed);
			List<WeatherMessage> messages = messages(random);
			List<WeatherMessage> order = new ArrayList<>(messages);
			order.addAll(messages.subList(0, 30));
			Collections.shuffle(order, random);
			FakeSpeedViews views = views(Period.ofYears(2));

			order.forEach(views::write);

			FoldedStates expected = FoldedStates.of(messages.stream().map(WeatherMessage::reading).toList(),
					(name) -> PARIS);
			DAY.datesUntil(DAY.plusDays(3)).forEach((day) -> {
				expected.assertDay("Paris", day,
						views.cityDay("Paris", day)
							.stream()
							.collect(Collectors.toMap(SpeedViews.DayState::simulated, SpeedViews.DayState::state)));
			});
		}
	}

	@Test
	void aDayIsGoneWholeWhenItsTimeIsOver() {
		FakeSpeedViews views = views(Period.ofDays(5));
		messages(new Random(1)).forEach(views::write);
		List<SpeedViews.DayState> all = views.cityDay("Paris", DAY);
		assertThat(all).isNotEmpty();

		// A minute before the end of the 23rd, and a minute after it
		this.fate.pass(Duration.between(this.fate.clock().instant(), Instant.parse("2026-11-23T22:59:00Z")));
		assertThat(views.cityDay("Paris", DAY)).hasSameSizeAs(all);
		this.fate.pass(Duration.ofMinutes(2));
		assertThat(views.cityDay("Paris", DAY)).isEmpty();
		assertThat(views.cityDay("Paris", DAY.plusDays(1))).isNotEmpty();
	}

}
