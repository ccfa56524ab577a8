package io.isobar.provider.file;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class CsvTableTests {

	@TempDir
	Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n", "\r" })
	void everyKindOfLineEndIsRead(String end) throws Exception {
		List<String> rows = rows(String.join(end, "city,t", "Paris,1", "", "Lyon,2", "Oslo,3"), ",",
				StandardCharsets.UTF_8);

		assertThat(rows).containsExactly("line 2: Paris 1.0", "line 4: Lyon 2.0", "line 5: Oslo 3.0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n", "\r" })
	void theLastLineMayEndToo(String end) throws Exception {
		assertThat(rows(String.join(end, "city,t", "Paris,1", "Lyon,2", ""), ",", StandardCharsets.UTF_8))
			.containsExactly("line 2: Paris 1.0", "line 3: Lyon 2.0");
	}

	@Test
	void aByteOrderMarkIsNoPartOfTheFirstName() throws Exception {
		assertThat(rows("\ufeffcity;t\nParis;1\n", ";", StandardCharsets.UTF_8)).containsExactly("line 2: Paris 1.0");
		assertThat(rows("\ufeffcity;t\nParis;1\n", ";", StandardCharsets.UTF_16LE))
			.containsExactly("line 2: Paris 1.0");
		assertThat(rows("city;t\nParis;1\n", ";", StandardCharsets.UTF_16)).containsExactly("line 2: Paris 1.0");
	}

	@Test
	void theEncodingIsTheMappings() throws Exception {
		assertThat(rows("city\tt\nÎle-de-France\t1\n", "\t", StandardCharsets.ISO_8859_1))
			.containsExactly("line 2: Île-de-France 1.0");
	}

	@Test
	void anotherEncodingThanTheMappingsIsRefusedNearItsLine() throws Exception {
		Path file = write("city,t\nOslo,1\nÎle-de-France,2\n", StandardCharsets.ISO_8859_1);

		FileRefused refusal = catchThrowableOfType(FileRefused.class, () -> read(file, ",", StandardCharsets.UTF_8));

		assertThat(refusal.sentence()).startsWith("t.csv: near line ")
			.contains("it is not UTF-8. Say its encoding in the mapping, for example `encoding: ISO-8859-1`.");
	}

	@Test
	void aQuotedValueMayHoldDelimitersQuotesAndLines() throws Exception {
		assertThat(rows("city,t\n\"Paris, \"\"TX\"\"\nUS\",1\r\n\"Lyon\",2\n", ",", StandardCharsets.UTF_8))
			.containsExactly("line 2: Paris, \"TX\"\nUS 1.0", "line 4: Lyon 2.0");
	}

	@Test
	void namesAndValuesHaveNoSpaceAroundThem() throws Exception {
		assertThat(rows(" city , t \n Paris , 1 \n", ",", StandardCharsets.UTF_8)).containsExactly("line 2: Paris 1.0");
	}

	@Test
	void delimitersAtTheEndBelongToNoColumn() throws Exception {
		assertThat(rows("city,t\nParis,1,,\n", ",", StandardCharsets.UTF_8)).containsExactly("line 2: Paris 1.0");
	}

	@ParameterizedTest
	@CsvSource({ "'Paris,1,2', 3", "'Paris', 1" })
	void aRowOfAnotherLengthIsRejected(String row, int values) throws Exception {
		assertThat(rows("city,t\n" + row + "\nLyon,2\n", ",", StandardCharsets.UTF_8)).containsExactly(
				"line 2: it has %d values where the header has 2 names.".formatted(values), "line 3: Lyon 2.0");
	}

	@Test
	void aTextThatMeansNoValueIsMissing() throws Exception {
		Path file = write("city,t\nParis,NA\nParis,-99.0\nParis,\nParis,nan\n", StandardCharsets.UTF_8);
		try (CsvTable table = CsvTable.open(Location.local(file), ",", StandardCharsets.UTF_8,
				new NoValues(List.of("NA", "-99")))) {
			while (table.next()) {
				assertThat(table.number(1)).as(table.place()).isNaN();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "12f", "0x1p3", "Infinity", "12 °C", "\"12,5\"", "-", "1.2.3" })
	void whatIsNoNumberIsRejected(String text) throws Exception {
		assertThat(rows("city,t\nParis," + text + "\n", ",", StandardCharsets.UTF_8))
			.containsExactly("line 2: t is '%s', which is no number. If it means no value, add it to `nulls`."
				.formatted(text.replace("\"", "")));
	}

	@ParameterizedTest
	@CsvSource({ "'', it is empty", "'   \n\n', it holds no line with the names of columns",
			"'<!DOCTYPE html><html></html>', it is a page (<!doctype html…)", "' <html><body>', it is a page",
			"'<?xml version=\"1.0\"?>', it is a page", "'PAR1....', it is a Parquet file", "'PK\u0003\u0004xx', ZIP",
			"'a,b\u0000c', it is binary" })
	void whatIsNoTableOfTextIsRefused(String content, String sentence) throws IOException {
		Path file = write(content, StandardCharsets.UTF_8);

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> read(file, ",", StandardCharsets.UTF_8))
			.withMessageStartingWith("t.csv: ")
			.withMessageContaining(sentence);
	}

	@Test
	void aCompressedFileIsRefused() throws IOException {
		Path file = Files.write(this.folder.resolve("t.csv"), new byte[] { 0x1f, (byte) 0x8b, 8, 0 });

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> read(file, ",", StandardCharsets.UTF_8))
			.withMessageContaining("it is compressed (gzip)");
	}

	@ParameterizedTest
	@CsvSource({ "'city,t\n\"Paris,1\nLyon,2\n'", "'city,t\n\"Paris\"x,1\nLyon,2\n'" })
	void aQuoteThatIsNotClosedIsRefused(String content) throws IOException {
		Path file = write(content, StandardCharsets.UTF_8);

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> read(file, ",", StandardCharsets.UTF_8))
			.withMessageContaining("near line ")
			.withMessageContaining("a quote (\")");
	}

	@Test
	void aQuoteThatIsNotClosedDoesNotSwallowALargeFile() throws IOException {
		Path file = write("city,t\n\"Paris,1\n" + "Lyon,2\n".repeat(1_000_000), StandardCharsets.UTF_8);

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> read(file, ",", StandardCharsets.UTF_8))
			.withMessageContaining("near line 2 a row begins that does not end");
	}

	private List<String> rows(String content, String delimiter, Charset charset) throws Exception {
		return read(write(content, charset), delimiter, charset);
	}

	private static List<String> read(Path file, String delimiter, Charset charset) throws Exception {
		List<String> rows = new ArrayList<>();
		try (CsvTable table = CsvTable.open(Location.local(file), delimiter, charset, NoValues.BLANK)) {
			assertThat(table.columns()).containsExactly("city", "t");
			while (table.next()) {
				try {
					table.check();
					rows.add("%s: %s %s".formatted(table.place(), table.text(0), table.number(1)));
				}
				catch (RowRejected rejection) {
					rows.add(table.place() + ": " + rejection.reason());
				}
			}
		}
		return rows;
	}

	private Path write(String content, Charset charset) throws IOException {
		return Files.writeString(this.folder.resolve("t.csv"), content, charset);
	}

}
