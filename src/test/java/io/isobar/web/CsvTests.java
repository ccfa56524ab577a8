package io.isobar.web;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CsvTests {

	@ParameterizedTest
	@ValueSource(strings = { "=1+1", "+1", "-1", "@SUM(A1)", "=", "-", "\uff1d1" })
	void aTextThatWouldBeAFormulaGetsAnApostrophe(String text) {
		assertThat(Csv.line(text)).isEqualTo("'" + text + "\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\t=1", "\r=1", "\n=1" })
	void soDoesWhatWouldLetAFormulaFollow(String text) {
		assertThat(Csv.line(text)).isEqualTo((text.startsWith("\t") ? "'" + text : "\"'" + text + "\"") + "\r\n");
	}

	@Test
	void aFormulaCannotHideBehindQuotesOrCommas() {
		assertThat(Csv.line("=\"a\",b", "x")).isEqualTo("\"'=\"\"a\"\",b\",x\r\n");
		assertThat(Csv.line("a,=b")).isEqualTo("\"a,=b\"\r\n");
	}

	@Test
	void aNumberStaysANumber() {
		assertThat(Csv.line(-4.5, -7L, 0.0, -1e-7, 4e7, new BigDecimal("-1E+3")))
			.isEqualTo("-4.5,-7,0.0,-0.00000010,40000000,-1000\r\n");
	}

	@Test
	void whatIsMissingIsAnEmptyCell() {
		assertThat(Csv.line("a", null, Double.NaN, Double.NEGATIVE_INFINITY, "")).isEqualTo("a,,,,\r\n");
	}

	@Test
	void anyOtherTextStaysAsItIs() {
		assertThat(Csv.line("São Paulo", "St. John's", "2024-01-01", "Paris, US", "a-b"))
			.isEqualTo("São Paulo,St. John's,2024-01-01,\"Paris, US\",a-b\r\n");
	}

}
