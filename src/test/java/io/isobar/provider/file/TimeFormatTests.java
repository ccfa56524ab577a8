package io.isobar.provider.file;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TimeFormatTests {

	@ParameterizedTest
	@ValueSource(strings = { "2020-01-01T01:00:00+01:00", "2020-01-01T00:00:00Z", "2020-01-01t00:00z",
			"2020-01-01 00:00:00.000+0000", "2020-01-01T02:00+02", "2020-01-01T01:00:00+01:00[Europe/Paris]",
			"2020-01-01T01:00:00[Europe/Paris]" })
	void isoTextsStateAnInstant(String text) throws RowRejected {
		TimeFormat.Stated stated = (TimeFormat.Stated) TimeFormat.ISO.parse(text);

		assertThat(stated.instant()).isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
	}

	@ParameterizedTest
	@CsvSource({ "2024-10-27T02:30:00+02:00[Europe/Paris], 2024-10-27T00:30:00Z",
			"2024-10-27T02:30:00+01:00[Europe/Paris], 2024-10-27T01:30:00Z",
			"2024-10-27T02:30:00[Europe/Paris], 2024-10-27T00:30:00Z" })
	void ofAnHourThatComesTwiceTheOffsetSaysWhich(String text, Instant expected) throws RowRejected {
		TimeFormat.Stated stated = (TimeFormat.Stated) TimeFormat.ISO.parse(text);

		assertThat(stated.instant()).isEqualTo(expected);
	}

	@Test
	void isoTextsWithoutZoneAreLocal() throws RowRejected {
		assertThat(TimeFormat.ISO.parse("2020-01-01T01:30")).isEqualTo(LocalDateTime.of(2020, 1, 1, 1, 30));
		assertThat(TimeFormat.ISO.parse("2020-01-01 01:30:15.5"))
			.isEqualTo(LocalDateTime.of(2020, 1, 1, 1, 30, 15, 500_000_000));
		assertThat(TimeFormat.ISO.parse("2020-02-29")).isEqualTo(LocalDate.of(2020, 2, 29));
	}

	@ParameterizedTest
	@CsvSource({ "epoch-seconds, 1577836800", "epoch-seconds, 1577836800.0", "epoch-seconds, 1577836800.9",
			"epoch-seconds, 1.5778368E9", "epoch-millis, 1577836800000", "epoch-millis, 1577836800999" })
	void secondsAndMillisecondsSince1970AreInstants(String format, String text) throws RowRejected {
		assertThat(TimeFormat.of(format).parse(text)).isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
	}

	@ParameterizedTest
	@CsvSource({ "yyyyMMddHHmm, 201210010750, 2012-10-01T07:50", "dd.MM.yyyy HH:mm, 01.10.2012 07:50, 2012-10-01T07:50",
			"d-MMM-yy H:mm, 1-oct-12 7:50, 2012-10-01T07:50",
			"MM/dd/uuuu hh:mm a, 10/01/2012 07:50 AM, 2012-10-01T07:50" })
	void aPatternOfJavaTimeIsAFormat(String pattern, String text, LocalDateTime expected) throws RowRejected {
		assertThat(TimeFormat.of(pattern).parse(text)).isEqualTo(expected);
	}

	@Test
	void aPatternMayHoldTheDateAlone() throws RowRejected {
		assertThat(TimeFormat.of("yyyyMMdd").parse("20000229")).isEqualTo(LocalDate.of(2000, 2, 29));
		assertThat(TimeFormat.of("yyyy/MM/dd").parse("2018/12/31")).isEqualTo(LocalDate.of(2018, 12, 31));
	}

	@Test
	void aPatternMayHoldTheOffset() throws RowRejected {
		TimeFormat.Stated stated = (TimeFormat.Stated) TimeFormat.of("yyyy-MM-dd HH:mm xx")
			.parse("2020-01-01 01:00 +0100");

		assertThat(stated.instant()).isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
	}

	@ParameterizedTest
	@CsvSource({ "iso, 2018-02-30", "yyyy-MM-dd, 2018-02-30", "iso, 2018-01-01T24:00", "iso, yesterday",
			"iso, 20180101", "epoch-seconds, now", "epoch-seconds, 1e300", "HH:mm, 12:00", "yyyy-MM-dd, 2018-1-1",
			"epoch-millis, NaN" })
	void aTextOfAnotherFormatIsNoTime(String format, String text) {
		assertThatExceptionOfType(RowRejected.class).isThrownBy(() -> TimeFormat.of(format).parse(text))
			.withMessage("its time '%s' is not of the format %s.".formatted(text, format));
	}

}
