package io.isobar.provider;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/** The registry of cities. */
class CitiesTests {

	private final CityRecords records = mock(CityRecords.class);

	private final Cities cities = new Cities(new CitySettings(List.of()), this.records, new TransactionTemplate());

	@Test
	void theDatabaseIsAskedForACityUntilItIsThere() {
		given(this.records.existsById("Paris")).willReturn(false, true);

		assertThat(this.cities.isKnown("Paris")).isFalse();
		assertThat(this.cities.isKnown("Paris")).isTrue();
		assertThat(this.cities.isKnown("Paris")).isTrue();

		then(this.records).should(times(2)).existsById("Paris");
	}

}
