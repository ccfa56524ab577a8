package io.isobar.batch;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.Steps;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The job {@code weather_import}. */
@Configuration(proxyBeanMethods = false)
class WeatherImportJob {

	static final String NAME = "weather_import";

	@Bean
	JobDescriptor weatherImportDescriptor(Locations locations) {
		return JobDescriptor.of(NAME,
				"Reads files into the master dataset. It does not analyse: launch weather_batch_processing afterwards.")
			.with(Parameter.path("path")
				.asRequired()
				.help("A file or a folder: without a scheme on the application's disk; hdfs: or lake: on the lake.")
				.example("datasets/noaa-seattle-new-york")
				.checked(locations::missing),
					Parameter.path("mapping")
						.help("A mapping file, for files that have none beside them.")
						.example("mappings/open-meteo-france.yaml")
						.checked(locations::missing));
	}

	@Bean
	Job weatherImport(JobRepository repository, Steps steps, ImportFiles importFiles) {
		return new JobBuilder(NAME, repository).start(steps.step("import", importFiles)).build();
	}

}
