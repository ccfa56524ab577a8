package io.isobar.batch;

import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Parameter;
import io.isobar.jobs.Steps;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The job {@code orders_import}. */
@Configuration(proxyBeanMethods = false)
class OrdersImportJob {

	static final String NAME = "orders_import";

	@Bean
	JobDescriptor ordersImportDescriptor(Locations locations) {
		return JobDescriptor
			.of(NAME, "Reads files of orders into the lake. It does not count them: launch orders_batch afterwards.")
			.with(Parameter.path("path")
				.asRequired()
				.help("A file or a folder: without a scheme on the application's disk; hdfs: or lake: on the lake.")
				.example("datasets/orders")
				.checked(locations::missing),
					Parameter.path("mapping")
						.asRequired()
						.help("A mapping file: which columns are the customer and the amount, and what is refused.")
						.example("mappings/orders/retail-transactions.yaml")
						.checked(locations::missing));
	}

	@Bean
	Job ordersImport(JobRepository repository, Steps steps, ImportOrders importOrders) {
		return new JobBuilder(NAME, repository).start(steps.step("import", importOrders)).build();
	}

}
