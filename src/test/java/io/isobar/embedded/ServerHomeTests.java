package io.isobar.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ServerHomeTests {

	@TempDir
	private Path home;

	@Test
	void aCompleteFolderIsAClassPath() throws IOException {
		Path folder = Files.createDirectory(this.home.resolve("hdfs-1"));
		Files.createFile(folder.resolve("complete"));

		assertThat(ServerHome.find(this.home).classPath("hdfs", "1")).isEqualTo(folder.resolve("*").toString());
	}

	@Test
	void aHalfFilledFolderIsNoticed() throws IOException {
		Path folder = Files.createDirectory(this.home.resolve("hdfs-1"));
		Files.createFile(folder.resolve("some.jar"));

		assertThatThrownBy(() -> ServerHome.find(this.home).classPath("hdfs", "1"))
			.isInstanceOfSatisfying(EmbeddedProblem.class, (problem) -> {
				assertThat(problem.what()).contains("half filled").contains(folder.toString());
				assertThat(problem.whatToDo()).contains("mvn generate-resources");
			});
	}

	@Test
	void aMissingFolderIsNamed() {
		assertThatThrownBy(() -> ServerHome.find(this.home).classPath("hdfs", "1"))
			.isInstanceOfSatisfying(EmbeddedProblem.class, (problem) -> {
				assertThat(problem.what()).contains("hdfs is missing").contains(this.home.resolve("hdfs-1").toString());
				assertThat(problem.whatToDo()).contains("mvn generate-resources")
					.contains("isobar.embedded.hdfs.enabled=false");
			});
	}

}
