package io.isobar.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class PostgresqlTests {

	@TempDir
	private Path data;

	private Path folder;

	private Postgresql postgresql;

	@BeforeEach
	void begin() throws IOException {
		this.folder = Files.createDirectory(this.data.resolve("postgresql"));
		this.postgresql = new Postgresql(this.data, "18.6.0");
	}

	@Test
	void aPasswordIsGeneratedOnceAndIsItsOwnersAlone() throws IOException {
		this.postgresql.prepare(this.folder);
		String first = this.postgresql.password();
		this.postgresql.prepare(this.folder);

		assertThat(first).hasSizeGreaterThan(20).isEqualTo(this.postgresql.password());
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.folder.resolve("password"))))
			.isEqualTo("rw-------");
	}

	@Test
	void itsFilesLieUnderTheMajorVersion() {
		assertThat(this.postgresql.arguments(this.folder, 5432)).contains("18").doesNotContain("18.6.0");
	}

	@Test
	void noOtherProcessIsTakenForALeftServer() throws IOException {
		// The process that once had this number is gone, and another has it now
		Process other = new ProcessBuilder("sleep", "600").start();
		try {
			Path storage = Files.createDirectory(this.folder.resolve("18"));
			Files.writeString(storage.resolve("postmaster.pid"), other.pid() + "\n" + storage + "\n");

			this.postgresql.clear(this.folder);

			assertThat(other.isAlive()).isTrue();
		}
		finally {
			other.destroyForcibly();
		}
	}

	@Test
	void aProcessThatHasTheNumberOfAFormerServerDoesNotKeepTheNextFromStarting() throws IOException {
		Path storage = Files.createDirectory(this.folder.resolve("18"));
		Path file = storage.resolve("postmaster.pid");
		Files.writeString(file, ProcessHandle.current().pid() + "\n" + storage + "\n1795000000\n");

		this.postgresql.clear(this.folder);

		List<String> noted = Files.readAllLines(file);
		assertThat(ProcessHandle.of(Long.parseLong(noted.get(0)))).isEmpty();
		assertThat(noted.subList(1, 3)).containsExactly(storage.toString(), "1795000000");
	}

	@Test
	void anotherApplicationGetsAddressUserAndPassword() throws IOException {
		this.postgresql.prepare(this.folder);

		assertThat(this.postgresql.properties(5433))
			.containsEntry("spring.datasource.url", "jdbc:postgresql://127.0.0.1:5433/weather_db")
			.containsEntry("spring.datasource.username", "weather")
			.containsEntry("spring.datasource.password", this.postgresql.password());
	}

}
