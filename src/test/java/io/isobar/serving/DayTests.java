package io.isobar.serving;

import java.time.LocalDate;

import io.isobar.serving.Day.Layer;
import io.isobar.views.State;
import io.isobar.views.WeatherViews;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DayTests {

	private static final LocalDate DATE = LocalDate.of(2026, 11, 21);

	/** A state with so many slots that were measured, and so many simulated ones. */
	static State state(int real, int simulated) {
		State state = WeatherViews.SUMMARY.zero();
		set(state, WeatherViews.READINGS, real + simulated);
		set(state, "readings_open_meteo", real);
		set(state, "readings_simulated", simulated);
		return state;
	}

	private static void set(State state, String component, long count) {
		state.set(state.view().indexOf(component), 0, count);
	}

	private static Day batch(@Nullable State hours) {
		return Day.ofBatch("Paris", DATE, false, 24, hours, null, false);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			# batch: real, simulated; speed: real, simulated
			20, 0, 21, 0, speed
			21, 0, 20, 0, batch
			20, 0, 20, 0, batch
			20, 0, 19, 5, batch
			0, 24, 1, 0, speed
			1, 0, 0, 24, batch
			0, 10, 0, 11, speed
			0, 11, 0, 11, batch
			3, 1, 3, 2, speed
			0, 0, 0, 0, batch
			""")
	void anOpenDayIsAnsweredByTheLayerWithMoreRealHoursThenMoreHoursThenBatch(int batchReal, int batchSimulated,
			int speedReal, int speedSimulated, String layer) {
		Day fuller = Day.fuller(batch(state(batchReal, batchSimulated)),
				Day.ofSpeed("Paris", DATE, 24, state(speedReal, speedSimulated), false));

		assertThat(fuller.layer().word()).isEqualTo(layer);
	}

	@Test
	void whereTheSpeedLayerHasNothingTheBatchLayerAnswers() {
		Day nothing = batch(null);

		assertThat(Day.fuller(nothing, null)).isSameAs(nothing);
		assertThat(Day.fuller(nothing, Day.ofSpeed("Paris", DATE, 24, state(0, 1), false)).layer())
			.isEqualTo(Layer.SPEED);
	}

	@Test
	void aDayThatCameAsAWholeIsExpectedOnceAndHoursComeFirst() {
		Day whole = Day.ofBatch("Paris", DATE, true, 24, null, state(1, 0), false);
		Day both = Day.ofBatch("Paris", DATE, true, 25, state(7, 0), state(1, 0), false);

		assertThat(whole.expectedReadings()).isEqualTo(1);
		assertThat(whole.isPartial()).isFalse();
		assertThat(both.expectedReadings()).isEqualTo(25);
		assertThat(both.readings()).isEqualTo(7);
		assertThat(both.isPartial()).isTrue();
	}

	@Test
	void aDayWithoutReadingsIsMissingAndHasNoValues() {
		Day nothing = batch(null);

		assertThat(nothing.isMissing()).isTrue();
		assertThat(nothing.isPartial()).isFalse();
		assertThat(nothing.summary().temperatureMean()).isNull();
		assertThat(nothing.summary().precipitationSum()).isNull();
		assertThat(nothing.summary().origins()).isEmpty();
		assertThat(nothing.expectedReadings()).isEqualTo(24);
	}

	@Test
	void itIsWrittenOnce() {
		Day day = batch(state(1, 0));

		byte[] first = day.written((any) -> new byte[] { 1 });

		assertThat(day.written((any) -> new byte[] { 2 })).isSameAs(first);
	}

}
