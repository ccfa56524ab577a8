package io.isobar.provider.file;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ParquetTableTests {

	private static final Instant NOON = Instant.parse("2021-07-01T12:00:00Z");

	@TempDir
	Path folder;

	@ParameterizedTest
	@CsvSource({ "MILLIS, 1000", "MICROS, 1000000", "NANOS, 1000000000" })
	void aTimestampInUtcIsAnInstant(String unit, long perSecond) throws Exception {
		long value = NOON.getEpochSecond() * perSecond + perSecond / 2;

		assertThat(time("optional int64 x (TIMESTAMP(%s,true))".formatted(unit), (row) -> row.add("x", value)))
			.isEqualTo(NOON);
	}

	@ParameterizedTest
	@CsvSource({ "MILLIS, 1000", "MICROS, 1000000", "NANOS, 1000000000" })
	void aTimestampWithoutZoneIsLocal(String unit, long perSecond) throws Exception {
		long value = NOON.getEpochSecond() * perSecond;

		assertThat(time("optional int64 x (TIMESTAMP(%s,false))".formatted(unit), (row) -> row.add("x", value)))
			.isEqualTo(LocalDateTime.parse("2021-07-01T12:00:00"));
	}

	@Test
	void beforeNineteenSeventyIsATimeToo() throws Exception {
		assertThat(time("optional int64 x (TIMESTAMP(MILLIS,true))", (row) -> row.add("x", -1500L)))
			.isEqualTo(Instant.ofEpochSecond(-2));
	}

	@Test
	void anInt96IsAnInstant() throws Exception {
		ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
		bytes.putLong(12 * 3600 * 1_000_000_000L);
		bytes.putInt((int) (LocalDate.of(2021, 7, 1).toEpochDay() + 2_440_588));

		assertThat(time("optional int96 x", (row) -> row.add("x", Binary.fromConstantByteArray(bytes.array()))))
			.isEqualTo(NOON);
	}

	@Test
	void aDateIsADay() throws Exception {
		assertThat(time("optional int32 x (DATE)", (row) -> row.add("x", (int) LocalDate.of(2021, 7, 1).toEpochDay())))
			.isEqualTo(LocalDate.of(2021, 7, 1));
	}

	@Test
	void aTextOrANumberNeedsAFormat() throws Exception {
		assertThat(time("optional binary x (STRING)", (row) -> row.add("x", "2021-07-01T12:00")))
			.isEqualTo(LocalDateTime.parse("2021-07-01T12:00:00"));
		try (ParquetTable table = table("optional int64 x", (row) -> row.add("x", NOON.toEpochMilli() + 999))) {
			table.next();

			assertThat(table.time(0, TimeFormat.EPOCH_MILLIS)).isEqualTo(NOON);
			assertThat(table.time(0, TimeFormat.EPOCH_SECONDS)).isNotEqualTo(NOON);
			assertThatExceptionOfType(RowRejected.class).isThrownBy(() -> table.time(0, TimeFormat.ISO));
		}
	}

	@Test
	void numbersOfEveryTypeAreRead() throws Exception {
		String columns = """
				optional double a; optional float b; optional int32 c; optional int64 d;
				optional int32 e (DECIMAL(9,2)); optional int64 f (DECIMAL(18,3)); optional binary g (DECIMAL(30,1));
				optional binary h (STRING); optional int32 i (INTEGER(16,true))""";
		try (ParquetTable table = table(columns,
				(row) -> row.append("a", 1.5)
					.append("b", 2.5f)
					.append("c", 3)
					.append("d", -4L)
					.append("e", -550)
					.append("f", 6125L)
					.append("g", Binary.fromConstantByteArray(BigInteger.valueOf(-75).toByteArray()))
					.append("h", " 8.25 ")
					.append("i", 9))) {
			table.next();

			assertThat(table.columns()).containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i");
			double[] numbers = new double[9];
			for (int i = 0; i < numbers.length; i++) {
				numbers[i] = table.number(i);
			}
			assertThat(numbers).containsExactly(1.5, 2.5, 3, -4, -5.5, 6.125, -7.5, 8.25, 9);
		}
	}

	@Test
	void aMissingValueIsMissing() throws Exception {
		try (ParquetTable table = table(
				"optional double a; optional binary b (STRING); optional int64 t (TIMESTAMP(NANOS,true)); optional double c",
				(row) -> row.add("c", -9999.0))) {
			table.next();

			assertThat(table.number(0)).isNaN();
			assertThat(table.number(1)).isNaN();
			assertThat(table.text(1)).isNull();
			assertThat(table.time(2, TimeFormat.ISO)).isNull();
			assertThat(table.number(3)).isNaN();
			assertThat(table.place()).isEqualTo("row 1");
			assertThat(table.next()).isFalse();
		}
	}

	@Test
	void aTextThatIsNoNumberIsRejected() throws Exception {
		try (ParquetTable table = table("optional binary a (STRING); optional boolean b",
				(row) -> row.append("a", "warm").append("b", true))) {
			table.next();

			assertThatExceptionOfType(RowRejected.class).isThrownBy(() -> table.number(0))
				.withMessage("a is 'warm', which is no number. If it means no value, add it to `nulls`.");
			assertThatExceptionOfType(RowRejected.class).isThrownBy(() -> table.number(1))
				.withMessage("b is of the type BOOLEAN, which is no number.");
		}
	}

	@Test
	void nestedAndRepeatedColumnsAreNotThere() throws Exception {
		try (ParquetTable table = table(
				"optional double a; optional group g { optional double x; } repeated double r; optional int32 i",
				(row) -> row.append("a", 1.0).append("i", 7))) {
			table.next();

			assertThat(table.columns()).containsExactly("a", "i");
			assertThat(table.number(1)).isEqualTo(7);
		}
	}

	@Test
	void onlyTheColumnsAskedForAreRead() throws Exception {
		try (ParquetTable table = table("optional double a; optional double b; optional double c",
				(row) -> row.append("a", 1.0).append("b", 2.0).append("c", 3.0))) {
			table.select(Set.of(0, 2));
			table.next();

			assertThat(table.number(0)).isEqualTo(1);
			assertThat(table.number(2)).isEqualTo(3);
		}
	}

	@Test
	void whatIsNoParquetFileIsRefused() throws IOException {
		Path text = Files.writeString(this.folder.resolve("a.parquet"), "city,t\n");
		Path empty = Files.createFile(this.folder.resolve("b.parquet"));
		Path whole = ParquetFiles.write(this.folder.resolve("c.parquet"), "optional double x;",
				(row) -> row.add("x", 1.0));
		Path cut = Files.write(this.folder.resolve("d.parquet"),
				Arrays.copyOf(Files.readAllBytes(whole), (int) Files.size(whole) - 20));

		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> open(text))
			.withMessageStartingWith("a.parquet: it is no Parquet file");
		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> open(empty))
			.withMessageStartingWith("b.parquet: it is empty");
		assertThatExceptionOfType(FileRefused.class).isThrownBy(() -> open(cut))
			.withMessageStartingWith("d.parquet: it cannot be read as Parquet; it is cut off or damaged");
	}

	private Object time(String column, Consumer<Group> row) throws Exception {
		try (ParquetTable table = table(column, row)) {
			table.next();
			return table.time(0, TimeFormat.ISO);
		}
	}

	private ParquetTable table(String columns, Consumer<Group> row) throws Exception {
		Path file = this.folder.resolve("t.parquet");
		Files.deleteIfExists(file);
		return open(ParquetFiles.write(file, columns.endsWith("}") ? columns : columns + ";", row));
	}

	private static ParquetTable open(Path file) throws Exception {
		return ParquetTable.open(Location.local(file), new NoValues(List.of("", "-9999")));
	}

}
