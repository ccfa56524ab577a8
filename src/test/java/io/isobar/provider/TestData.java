package io.isobar.provider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * Real data that is not part of the repository: under the folder that the system property
 * {@code test.data} names. A test that needs it is skipped where it is not there.
 */
public final class TestData {

	private TestData() {
	}

	/** That file, or the end of the test with a printed reason. */
	public static Path file(String name) {
		String folder = System.getProperty("test.data", "../shared/data");
		Path file = Path.of(folder, name);
		if (!Files.exists(file)) {
			String reason = "Skipped: there is no %s under %s. Name the folder with -Dtest.data=….".formatted(name,
					folder);
			System.out.println(reason);
			Assumptions.abort(reason);
		}
		return file;
	}

	/** What is in that file, or the end of the test with a printed reason. */
	public static byte[] bytes(String name) {
		try {
			return Files.readAllBytes(file(name));
		}
		catch (IOException failure) {
			throw new UncheckedIOException(failure);
		}
	}

}
