package io.isobar.batch;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.JobRefusal;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.ParameterProblem;
import io.isobar.lake.Lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

/** What a launch of an import says of its paths. */
class ImportedPathTests {

	private final Lake lake = mock(Lake.class);

	private final JobDescriptor weather = new WeatherImportJob().weatherImportDescriptor(new Locations(this.lake));

	private final JobDescriptor orders = new OrdersImportJob().ordersImportDescriptor(new Locations(this.lake));

	@TempDir
	private Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "/nowhere", "no-such-folder/a.csv", "a\u0000b" })
	void aPathAtWhichThereIsNothingIsRefusedBeforeAnythingIsLaunched(String path) {
		assertThat(problems(this.weather, Map.of("path", path))).singleElement()
			.asString()
			.startsWith("path: there is no file or folder " + path);
		assertThat(problems(this.orders, Map.of("path", path, "mapping", path))).hasSize(2);
	}

	@Test
	void whereARelativePathBeginsIsSaid() {
		assertThat(problems(this.weather, Map.of("path", "nowhere")).get(0))
			.endsWith("A path that does not begin with / begins at %s.".formatted(Path.of("").toAbsolutePath()));
	}

	@Test
	void whatIsGivenAsAnExampleIsThere() {
		assertThat(this.weather.read(examples(this.weather))).isNotEmpty();
		assertThat(this.orders.read(examples(this.orders))).containsOnlyKeys("path", "mapping");
	}

	private static Map<String, String> examples(JobDescriptor job) {
		return job.parameters()
			.stream()
			.filter((parameter) -> parameter.example() != null && Set.of("path", "mapping").contains(parameter.name()))
			.collect(Collectors.toMap(Parameter::name, (parameter) -> Objects.requireNonNull(parameter.example())));
	}

	@Test
	void aFileAndAFolderArePossible() throws Exception {
		Path file = Files.createFile(this.folder.resolve("a.csv"));

		assertThat(this.weather.read(Map.of("path", this.folder.toString(), "mapping", file.toString())))
			.containsOnlyKeys("path", "mapping");
	}

	@Test
	void aLakeThatDoesNotAnswerRefusesNothing() {
		when(this.lake.files()).thenThrow(new UncheckedIOException(new ConnectException("refused")));

		assertThat(this.weather.read(Map.of("path", "hdfs:/files"))).containsKey("path");
	}

	private static List<String> problems(JobDescriptor job, Map<String, String> parameters) {
		JobRefusal.WrongParameters refusal = catchThrowableOfType(JobRefusal.WrongParameters.class,
				() -> job.read(parameters));
		assertThat(refusal).isNotNull();
		return refusal.problems().stream().map(ParameterProblem::text).toList();
	}

}
