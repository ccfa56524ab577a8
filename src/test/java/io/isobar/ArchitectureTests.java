package io.isobar;

import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import org.springframework.modulith.core.ApplicationModules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTests {

	private static final String[] FACTS_AND_FORMULAS = { "io.isobar.weather..", "io.isobar.orders..",
			"io.isobar.views.." };

	/** What the build packs into the spark-jobs jar. */
	private static final String[] SPARK_JOBS_JAR = { "io.isobar.spark..", "io.isobar.weather..", "io.isobar.orders..",
			"io.isobar.views..", "io.isobar.messages..", "io.isobar.cassandra.." };

	private static final JavaClasses ISOBAR = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("io.isobar");

	@Test
	void modulesKnowEachOtherOnlyDownwards() {
		ApplicationModules.of(IsobarApplication.class).verify();
	}

	@Test
	void factsAndFormulasDependOnNothingButTheJdk() {
		classes().that()
			.resideInAnyPackage(FACTS_AND_FORMULAS)
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage(FACTS_AND_FORMULAS)
				.or(resideInAnyPackage("java..", "org.jspecify.annotations", "org.springframework.modulith")))
			.check(ISOBAR);
	}

	@Test
	void theSparkJobsJarHoldsAllOfIsobarThatItNeeds() {
		classes().that()
			.resideInAnyPackage(SPARK_JOBS_JAR)
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage(SPARK_JOBS_JAR).or(resideOutsideOfPackage("io.isobar..")))
			.check(ISOBAR);
	}

	@Test
	void theSparkJobsJarKnowsNoFrameworkNoBrokerAndNoServer() {
		check(SPARK_JOBS_JAR, "org.apache.kafka..", "jakarta..", "org.apache.catalina..", "org.postgresql..",
				"org.apache.cassandra..", "com.influxdb..");
	}

	@Test
	void withinItOnlyThePackageForItKnowsTheClientOfCassandra() {
		String[] others = Stream.of(SPARK_JOBS_JAR)
			.filter((name) -> !name.equals("io.isobar.cassandra.."))
			.toArray(String[]::new);
		check(others, "com.datastax..");
	}

	private static void check(String[] packages, String... unknown) {
		DescribedPredicate<JavaClass> spring = resideInAPackage("org.springframework..")
			.and(resideOutsideOfPackage("org.springframework.modulith"));
		noClasses().that()
			.resideInAnyPackage(packages)
			.should()
			.dependOnClassesThat(spring.or(resideInAnyPackage(unknown)))
			.check(ISOBAR);
	}

}
