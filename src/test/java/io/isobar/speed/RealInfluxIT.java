package io.isobar.speed;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.isobar.messages.RandomMessages;
import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Metric;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static io.isobar.speed.CassandraSinkIT.hoursAgo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Points in InfluxDB itself, where there is one, read back by Flux. */
class RealInfluxIT {

	private static final String BUCKET = "speed_bucket";

	@TempDir
	Path folder;

	@Test
	void anInfluxdOnThePathHasEveryFieldOfEveryPoint() throws Exception {
		assumeTrue(RealInflux.isOnPath(), "no influxd on the PATH");
		try (RealInflux influx = RealInflux.fromPath(this.folder)) {
			assertHasEveryFieldOfEveryPoint(influx);
		}
	}

	@Test
	void aContainerOfInfluxDbHasEveryFieldOfEveryPoint() throws Exception {
		assumeTrue(RealInflux.isInDocker(), "no Docker for a container of InfluxDB");
		try (RealInflux influx = RealInflux.fromDocker()) {
			assertHasEveryFieldOfEveryPoint(influx);
		}
	}

	/** The bucket is made; what is written twice is there once, the last of it. */
	private static void assertHasEveryFieldOfEveryPoint(RealInflux influx) {
		InfluxSettings settings = new InfluxSettings(null, null, RealInflux.ORG, BUCKET, Duration.ofDays(30));
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("influx", influx.details());
		InfluxStore store = new InfluxStore(beans.getBeanProvider(InfluxConnectionDetails.class), settings);
		try {
			InfluxSink sink = new InfluxSink(store, settings, Clock.systemUTC(), new SimpleMeterRegistry());
			Random random = new Random(4);
			List<WeatherMessage> messages = new ArrayList<>();
			for (int i = 0; i < 300; i++) {
				messages.add(RandomMessages.message("Points", hoursAgo(48), Duration.ofHours(36), random));
			}

			sink.write(messages.subList(0, 200));
			sink.write(messages.subList(100, 300));

			assertThat(store.isStandIn()).isFalse();
			assertThat(fields(influx)).isEqualTo(expected(messages));
			assertThat(influx.retention(BUCKET)).isEqualTo(settings.retention());
		}
		finally {
			store.destroy();
		}
	}

	/** By point and metric: InfluxDB puts the fields of a point together. */
	private static Map<String, Double> expected(List<WeatherMessage> messages) {
		Map<String, Double> fields = new HashMap<>();
		List<WeatherMessage> written = new ArrayList<>(messages.subList(0, 200));
		written.addAll(messages.subList(100, 300));
		for (WeatherMessage message : written) {
			for (Metric metric : Metric.ALL) {
				if (message.reading().values().has(metric)) {
					fields.put(
							String.join("|", message.observedAt().toString(), message.stationId(),
									(message.country() != null) ? message.country() : "",
									message.reading().origin().name(), metric.column()),
							message.reading().values().orNaN(metric));
				}
			}
		}
		return fields;
	}

	private static Map<String, Double> fields(RealInflux influx) {
		Map<String, Double> fields = new HashMap<>();
		List<String> metrics = Metric.ALL.stream().map(Metric::column).toList();
		for (Map<String, String> row : influx.flux("""
				from(bucket: "%s")
				  |> range(start: -60d)
				  |> filter(fn: (r) => r._measurement == "weather" and r.city == "Points")
				""".formatted(BUCKET))) {
			if (metrics.contains(row.get("_field"))) {
				fields.put(
						String.join("|", Instant.parse(row.get("_time")).toString(), row.get("station_id"),
								row.getOrDefault("country", ""), row.get("data_origin"), row.get("_field")),
						Double.valueOf(row.get("_value")));
			}
		}
		return fields;
	}

}
