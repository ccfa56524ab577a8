package io.isobar.spark;

import io.isobar.views.WeatherViews;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DriverTests {

	private static final String SPARK = org.apache.spark.package$.MODULE$.SPARK_VERSION();

	@Test
	void aJarOfAnotherBuildIsRefused() {
		assertThatThrownBy(() -> Driver.check("another", SPARK)).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("The spark-jobs jar is of another build");
	}

	@Test
	void aSparkOfAnotherVersionIsRefused() {
		assertThatThrownBy(() -> Driver.check(WeatherViews.definition(), "3.5.1"))
			.isInstanceOf(IllegalStateException.class)
			.hasMessage("The Spark in isobar.spark.home is " + SPARK + ", but isobar is made for 3.5.1. "
					+ "Install a Spark 3.5.x there, and on the cluster.");
	}

	@Test
	void theLastPartOfTheVersionMayDiffer() {
		assertThatNoException()
			.isThrownBy(() -> Driver.check(WeatherViews.definition(), SPARK.replaceFirst("\\.\\d+$", ".99")));
	}

}
