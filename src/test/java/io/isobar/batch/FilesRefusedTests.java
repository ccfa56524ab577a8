package io.isobar.batch;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FilesRefusedTests {

	@Test
	void itSaysWhetherAnythingWasImported() {
		assertThat(new FilesRefused(List.of("a: it is empty."), 1)).hasMessage("Nothing was imported. a: it is empty.");
		assertThat(new FilesRefused(List.of("a: it is empty.", "b: so is it."), 2))
			.hasMessage("Nothing was imported: all 2 files were refused. a: it is empty. b: so is it.");
		assertThat(new FilesRefused(List.of("a: it is empty."), 3))
			.hasMessage("1 of 3 files was refused; the others are imported. a: it is empty.");
		assertThat(new FilesRefused(List.of("a: it is empty.", "b: so is it."), 3))
			.hasMessage("2 of 3 files were refused; the others are imported. a: it is empty. b: so is it.");
	}

}
