package io.isobar.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SparkSettingsTests {

	private static final String MASTER = "spark://master:7077";

	@TempDir
	private Path home;

	private Path jar;

	@BeforeEach
	void aSparkAndAJar() throws IOException {
		this.jar = Files.createFile(this.home.resolve("isobar-spark-jobs.jar"));
		Path submit = Files.createFile(Files.createDirectory(this.home.resolve("bin")).resolve("spark-submit"));
		Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "local", "local[*]", "local[4]" })
	void withinTheProcessNothingElseIsNeeded(String master) {
		assertThat(settings(master, null, null, Map.of()).isInProcess()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { MASTER, "spark://one:7077,other:7077", "yarn", "k8s://https://host:443" })
	void anyOtherMasterIsOneToSubmitTo(String master) {
		assertThat(settings(master, this.home, this.jar, Map.of()).isInProcess()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "master:7077", "spark://master", "mesos://master:5050", "loca" })
	void aMasterThatSparkDoesNotKnowIsRefused(String master) {
		refused(master, this.home, this.jar, Map.of(), "its master \"" + master + "\" is none of Spark's");
	}

	@Test
	void aClusterNeedsASparkToSubmitWith() {
		refused(MASTER, null, this.jar, Map.of(), "set isobar.spark.home or SPARK_HOME");
		refused(MASTER, Path.of(""), this.jar, Map.of(), "set isobar.spark.home or SPARK_HOME");
		refused(MASTER, this.home.resolve("bin"), this.jar, Map.of(), "holds no bin/spark-submit");
	}

	@Test
	void aJarThatIsNotThereIsRefused() {
		refused(MASTER, this.home, this.home.resolve("no.jar"), Map.of(), "no.jar is not there");
	}

	@Test
	void theDriverStaysBesideTheApplication() {
		refused(MASTER, this.home, this.jar, Map.of("spark.submit.deployMode", "cluster"), "spark.submit.deployMode");
	}

	private static void refused(String master, Path home, Path jar, Map<String, String> conf, String why) {
		assertThatThrownBy(() -> settings(master, home, jar, conf)).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining(why);
	}

	private static SparkSettings settings(String master, Path home, Path jar, Map<String, String> conf) {
		return new SparkSettings(master, home, jar, conf, Duration.ofMinutes(1));
	}

}
