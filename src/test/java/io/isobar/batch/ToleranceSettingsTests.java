package io.isobar.batch;

import java.util.Map;

import io.isobar.weather.Metric;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ToleranceSettingsTests {

	@Test
	void fiveMetricsAreComparedByDefault() {
		assertThat(new ToleranceSettings(Map.of()).byMetric()).isEqualTo(Map.of(Metric.TEMPERATURE, 0.5,
				Metric.PRECIPITATION, 1.0, Metric.PRESSURE, 1.0, Metric.HUMIDITY, 5.0, Metric.WIND_SPEED, 5.0));
	}

	@Test
	void oneThatIsNamedIsComparedTooHoweverItIsWritten() {
		Map<Metric, Double> tolerances = new ToleranceSettings(
				Map.of("wind-speed", 8.0, "DEWPOINT", 1.5, "cloud_cover", 30.0))
			.byMetric();

		assertThat(tolerances).containsEntry(Metric.WIND_SPEED, 8.0)
			.containsEntry(Metric.DEW_POINT, 1.5)
			.containsEntry(Metric.CLOUD_COVER, 30.0)
			.hasSize(7);
	}

	@Test
	void whatIsNoMetricOrNoToleranceIsRefused() {
		assertThatThrownBy(() -> new ToleranceSettings(Map.of("warmth", 1.0)))
			.hasMessageStartingWith("isobar.serving.tolerance.warmth: there is no such metric. Possible: temperature,");
		assertThatThrownBy(() -> new ToleranceSettings(Map.of("humidity", -1.0)))
			.hasMessageStartingWith("isobar.serving.tolerance.humidity is -1.0, and must be 0 or more");
		assertThatThrownBy(() -> new ToleranceSettings(Map.of("humidity", Double.NaN)))
			.hasMessageStartingWith("isobar.serving.tolerance.humidity is NaN");
	}

}
