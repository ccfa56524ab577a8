package io.isobar.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DriverOutputTests {

	@TempDir
	private Path folder;

	private Path file;

	private DriverOutput output;

	@BeforeEach
	void nothingIsWritten() throws IOException {
		this.file = Files.createFile(this.folder.resolve("driver.log"));
		this.output = new DriverOutput(this.file);
	}

	@Test
	void whatTheDriverTellsIsNotOfItsLog() throws IOException {
		written("Starting\nisobar> progress 0.25\nGoing on\n");

		assertThat(this.output.progress()).isEqualTo(0.25);
		assertThat(this.output.log()).isEqualTo("Starting\nGoing on\n");
	}

	@Test
	void aLineThatIsNotCompleteIsReadWhenItIs() throws IOException {
		written("isobar> progress 0.");
		assertThat(this.output.progress()).isZero();

		written("5\nZür");
		written("ich\n");

		assertThat(this.output.progress()).isEqualTo(0.5);
		assertThat(this.output.log()).isEqualTo("Zürich\n");
	}

	@Test
	void theEndOfALongLogIsKept() throws IOException {
		for (int i = 0; i < 30; i++) {
			written(("line " + i + " ").repeat(1000) + "\n");
		}
		written("the last line\n");

		assertThat(this.output.log()).hasSizeLessThanOrEqualTo(DriverOutput.KEPT)
			.startsWith("line ")
			.endsWith("\nthe last line\n")
			.doesNotContain("line 1 ");
	}

	@Test
	void aLineWithoutEndIsBounded() throws IOException {
		for (int i = 0; i < 10; i++) {
			written("x".repeat(DriverOutput.KEPT));
		}

		assertThat(this.output.log()).hasSizeLessThanOrEqualTo(DriverOutput.KEPT);
	}

	@Test
	void theReasonThatTheDriverTellsFirstIsTheReason() throws IOException {
		written("java.lang.Exception: aside\nisobar> failed The disk is full.\nisobar> failed cancelled\n");

		assertThat(this.output.failure()).hasValue("The disk is full.");
	}

	@Test
	void aDriverThatDoesNotGetToTellHasItsReasonInTheLog() throws IOException {
		written("""
				Starting
				Exception in thread "main" java.lang.OutOfMemoryError: Java heap space
				\tat io.isobar.spark.SomeError.run(SomeError.java:1)
				""");

		assertThat(this.output.failure())
			.hasValue("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space");
	}

	private void written(String text) throws IOException {
		Files.writeString(this.file, text, StandardOpenOption.APPEND);
		this.output.read();
	}

}
