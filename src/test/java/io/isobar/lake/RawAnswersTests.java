package io.isobar.lake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Answers and files are there whole or not at all. */
class RawAnswersTests {

	private static final String SHA = "5f";

	@TempDir
	Path folder;

	@Test
	void aFileThatAnotherIsKeepingTooIsWholeWhereTheOtherDoesNotComeToAnEnd() throws IOException {
		RawAnswers answers = new RawAnswers(LocalLake.in(this.folder));
		byte[] bytes = new byte[1_000_000];
		new Random(5).nextBytes(bytes);
		InputStream other = new SequenceInputStream(new ByteArrayInputStream(bytes, 0, 500_000), new Breaking(() -> {
			throw new IOException("The network is gone.");
		}));
		InputStream one = new SequenceInputStream(new ByteArrayInputStream(bytes), new Breaking(
				() -> assertThatThrownBy(() -> answers.keepFile(SHA, other)).isInstanceOf(UncheckedIOException.class)));

		String path = answers.keepFile(SHA, one);

		assertThat(this.folder.resolve(path)).hasBinaryContent(bytes);
		try (Stream<Path> files = Files.list(this.folder.resolve(path).getParent())) {
			assertThat(files.map((file) -> file.getFileName().toString()).filter((name) -> !name.startsWith(".")))
				.containsExactly(SHA);
		}
	}

	/** Something happens when it is read; then it has ended. */
	private static final class Breaking extends InputStream {

		private interface Event {

			void happen() throws IOException;

		}

		private final Event event;

		Breaking(Event event) {
			this.event = event;
		}

		@Override
		public int read() throws IOException {
			this.event.happen();
			return -1;
		}

	}

}
