package io.isobar.weather;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FiledZonesTests {

	private static final Map<String, String> ZONES = Map.of("Paris", "Europe/Paris", "St. John's", "America/St_Johns");

	@Test
	void aCityWhoseReadingsWereAllFiledInItsZoneHasNotMoved() {
		FiledZones filed = FiledZones.NONE.and(ZONES).and(Map.of("Paris", "Europe/Paris"));

		assertThat(filed.moved(ZONES)).isEmpty();
		assertThat(FiledZones.NONE.moved(ZONES)).isEmpty();
	}

	@Test
	void aCityHasMovedWhenItsZoneIsNotTheOneInWhichItsReadingsWereFiled() {
		FiledZones filed = FiledZones.NONE.and(ZONES);

		assertThat(filed.moved(Map.of("Paris", "Europe/London", "St. John's", "America/St_Johns")))
			.containsExactly("Paris");
	}

	@Test
	void aCityThatHasMovedBackHasStillReadingsOfBothZones() {
		FiledZones filed = FiledZones.NONE.and(ZONES).and(Map.of("Paris", "Europe/London"));

		assertThat(filed.moved(ZONES)).containsExactly("Paris");
	}

	@Test
	void aCityWhoseZoneHasOtherRulesNowHasMoved() {
		FiledZones filed = FiledZones.of("Paris Europe/Paris@0\nSt.+John%27s America/St_Johns");

		assertThat(filed.moved(ZONES)).containsExactly("Paris");
		assertThat(filed.and(ZONES).moved(ZONES)).containsExactly("Paris");
		assertThat(filed.and(ZONES).zonesOf("Paris")).containsExactly("Europe/Paris");
	}

	@Test
	void aCityThatIsNotKnownAnyMoreHasNotMoved() {
		assertThat(FiledZones.NONE.and(ZONES).moved(Map.of())).isEmpty();
	}

	@Test
	void itsTextCanBeReadBack() {
		FiledZones filed = FiledZones.NONE.and(ZONES)
			.and(Map.of("Paris", "Europe/London", "a\nb c+d 東京", "Asia/Tokyo"));

		assertThat(FiledZones.of(filed.text())).isEqualTo(filed);
		assertThat(FiledZones.of(FiledZones.NONE.text())).isEqualTo(FiledZones.NONE);
		assertThat(FiledZones.NONE.and(ZONES).text())
			.matches("Paris Europe/Paris@[0-9a-f]+\nSt\\.\\+John%27s America/St_Johns@[0-9a-f]+");
	}

}
