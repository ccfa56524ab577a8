package io.isobar.operations;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.isobar.IsobarApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class SettingsStartTests {

	@Test
	void wrongSettingsEndTheStartWithOneListBeforeAnythingRuns(@TempDir Path folder, CapturedOutput output) {
		Path data = folder.resolve("data");

		assertThatExceptionOfType(SettingsProblem.class).isThrownBy(
				() -> SpringApplication.run(IsobarApplication.class, "--isobar.data-dir=" + data, "--server.port=0",
						"--isobar.security.public-dashboard=false", "--isobar.embedded.postgresql.port=many"));

		assertThat(output).contains("2 settings are wrong:", """
				  - isobar.security.public-dashboard (command line) is unknown; \
				did you mean isobar.security.public-dashboards?
				  - isobar.embedded.postgresql.port is "many" (command line), but must be a whole number.
				""").doesNotContain("\tat ");
		assertThat(data).doesNotExist();
	}

	@Test
	void whatIsWrongWithSeveralSettingsIsSaidInTheirWords(@TempDir Path folder, CapturedOutput output) {
		assertThatExceptionOfType(SettingsProblem.class).isThrownBy(() -> SpringApplication.run(IsobarApplication.class,
				"--isobar.data-dir=" + folder.resolve("data"), "--server.port=0",
				"--isobar.provider.open-meteo.archive-url=archive-api.open-meteo.com/v1/archive"));

		assertThat(output)
			.contains("isobar.provider.open-meteo.forecast-url and archive-url must be URLs of the web: "
					+ "they begin with https:// and name a host.")
			.doesNotContain("is not set, but", "\tat ");
	}

	@Test
	void aClusterWithoutPasswordsDoesNotStart(CapturedOutput output) {
		assertThatExceptionOfType(SettingsProblem.class).isThrownBy(() -> SpringApplication.run(IsobarApplication.class,
				"--spring.profiles.active=cluster", "--server.port=0"));

		assertThat(output)
			.contains("ISOBAR_VIEWER_PASSWORD, ISOBAR_OPERATOR_PASSWORD, ISOBAR_ADMIN_PASSWORD are not set")
			.doesNotContain("\tat ");
	}

}
