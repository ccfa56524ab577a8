package io.isobar.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DataFolderTests {

	@TempDir
	private Path temp;

	@Test
	void aSecondApplicationIsRefusedAndToldWhoHoldsTheFolder() throws IOException {
		Path path = this.temp.resolve("data");
		try (DataFolder first = DataFolder.open(path)) {
			assertThatThrownBy(() -> DataFolder.open(path)).isInstanceOfSatisfying(EmbeddedProblem.class, (problem) -> {
				assertThat(problem.what()).contains(first.path().toString())
					.contains("in use by another isobar (process " + ProcessHandle.current().pid() + ")");
				assertThat(problem.whatToDo()).contains("ISOBAR_DATA_DIR").contains("ports.properties");
			});
		}
	}

	@Test
	void aFolderThatWasClosedCanBeTakenAgain() throws IOException {
		DataFolder.open(this.temp).close();

		DataFolder.open(this.temp).close();
	}

	@Test
	void aFolderThatCannotBeMadeIsNamedWithTheReason() throws IOException {
		Path inTheWay = Files.createFile(this.temp.resolve("data"));

		assertThatThrownBy(() -> DataFolder.open(inTheWay)).isInstanceOfSatisfying(EmbeddedProblem.class, (problem) -> {
			assertThat(problem.what()).startsWith("The data folder " + inTheWay + " can't be written: ");
			assertThat(problem.whatToDo()).contains("ISOBAR_DATA_DIR");
		});
	}

	@Test
	void aNewFolderIsItsOwnersAlone() throws IOException {
		try (DataFolder data = DataFolder.open(this.temp.resolve("a/data"))) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.path())))
				.isEqualTo("rwx------");
		}
	}

	@Test
	void theLogBeforeIsKept() throws IOException {
		try (DataFolder data = DataFolder.open(this.temp)) {
			Files.writeString(data.log("hdfs"), "one");
			data.rotateLog("hdfs");
			Files.writeString(data.log("hdfs"), "two");
			data.rotateLog("hdfs");

			assertThat(data.log("hdfs")).doesNotExist();
			assertThat(this.temp.resolve("logs/hdfs.previous.log")).hasContent("two");
		}
	}

	@Test
	void theEndOfALogIsItsLastLines() throws IOException {
		try (DataFolder data = DataFolder.open(this.temp)) {
			Files.writeString(data.log("hdfs"), "x".repeat(100_000) + "\none\ntwo\nthree\n");

			assertThat(data.logTail("hdfs", 2)).isEqualTo("\n    two\n    three");
			assertThat(data.logTail("kafka", 2)).isEqualTo(" (no log)");
		}
	}

}
