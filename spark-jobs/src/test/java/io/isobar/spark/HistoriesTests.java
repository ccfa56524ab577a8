package io.isobar.spark;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HistoriesTests {

	private final Histories histories = new Histories();

	@Test
	void aCityIsComparedByItsHoursWhereItHasAny() {
		this.histories.of("Oslo", "hour", false).readings = 24;
		this.histories.of("Oslo", "day", false).readings = 1;

		assertThat(this.histories.compared().get("Oslo").readings).isEqualTo(24);
	}

	@Test
	void simulatedReadingsAreLeftOutWhereACityHasRealOnes() {
		this.histories.of("Oslo", "hour", false).readings = 24;
		this.histories.of("Oslo", "hour", true).readings = 48;

		assertThat(this.histories.compared().get("Oslo").readings).isEqualTo(24);
	}

	@Test
	void simulatedHoursDoNotPushARealWholeDayAside() {
		this.histories.of("Oslo", "day", false).readings = 1;
		this.histories.of("Oslo", "hour", true).readings = 48;

		assertThat(this.histories.isHourly("Oslo")).isFalse();
		assertThat(this.histories.compared().get("Oslo").readings).isEqualTo(1);
	}

	@Test
	void aCityThatIsOnlySimulatedIsComparedByThat() {
		this.histories.of("Oslo", "hour", true).readings = 48;

		assertThat(this.histories.isHourly("Oslo")).isTrue();
		assertThat(this.histories.compared().get("Oslo").readings).isEqualTo(48);
	}

}
