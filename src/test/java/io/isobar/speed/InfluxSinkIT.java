package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.isobar.embedded.ServerProcess;
import io.isobar.messages.RandomMessages;
import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Values;

import static io.isobar.speed.CassandraSinkIT.hoursAgo;
import static io.isobar.speed.CassandraSinkIT.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Points in what stands in for InfluxDB, read back by SQL. */
@StoresTest
@ExtendWith(OutputCaptureExtension.class)
class InfluxSinkIT {

	@Autowired
	private InfluxSink sink;

	@Autowired
	private InfluxStore store;

	@Autowired
	private InfluxSettings settings;

	@Test
	void everyMessageIsOnePointHoweverOftenAndInWhicheverOrderItComes() {
		Random random = new Random(4);
		Map<String, WeatherMessage> expected = new TreeMap<>();
		for (int i = 0; i < 300; i++) {
			WeatherMessage message = RandomMessages.message("Points, of \"all\" = kinds", hoursAgo(48),
					Duration.ofHours(36), random);
			if (!message.reading().isEmpty()) {
				expected.putIfAbsent(key(message), message);
			}
		}
		List<WeatherMessage> twice = new ArrayList<>(expected.values());
		twice.addAll(expected.values());
		Collections.shuffle(twice, random);

		this.sink.write(twice.subList(0, 100));
		this.sink.write(twice.subList(50, twice.size()));

		await().untilAsserted(() -> assertThat(rows("Points, of \"all\" = kinds")).hasSize(expected.size()));
		Map<String, Map<String, JsonNode>> rows = new TreeMap<>();
		rows("Points, of \"all\" = kinds").forEach((row) -> rows
			.put(row.get("timestamp").asString().substring(0, 19) + "Z " + row.get("data_origin").asString() + " "
					+ row.get("country").asString("") + " " + row.get("metrics").asInt(), row));
		assertThat(rows.keySet()).isEqualTo(expected.keySet());
		expected.forEach((key, message) -> assertSame(rows.get(key), message));
	}

	private static String key(WeatherMessage message) {
		int metrics = 0;
		for (Metric metric : Metric.ALL) {
			metrics |= message.reading().values().has(metric) ? 1 << metric.ordinal() : 0;
		}
		return message.observedAt() + " " + message.reading().origin().name() + " "
				+ ((message.country() != null) ? message.country() : "") + " " + metrics;
	}

	private static void assertSame(Map<String, JsonNode> row, WeatherMessage message) {
		assertThat(row.get("station_id").asString()).isEqualTo(message.stationId());
		for (Metric metric : Metric.ALL) {
			assertField(row, metric.column(),
					message.reading().values().has(metric) ? (Double) message.reading().values().orNaN(metric) : null);
		}
		assertField(row, "latitude", message.latitude());
		assertField(row, "is_rain", (message.rain() != null) ? (message.rain() ? 1.0 : 0.0) : null);
		assertField(row, "tomorrow_precip", message.outlook().tomorrowPrecipitation());
	}

	private static void assertField(Map<String, JsonNode> row, String name, Double value) {
		JsonNode field = row.get(name);
		Double stored = (field == null || field.isNull()) ? null : field.asDouble();
		assertThat(stored).as(name).isEqualTo(value);
	}

	@Test
	void aPointThatIsRefusedForGoodIsPassedOverAndSaidOnce(CapturedOutput output) {
		List<WeatherMessage> messages = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			messages
				.add(message("Refused", hoursAgo(i + 1), hoursAgo(i + 1), Origin.OPEN_METEO, Metric.TEMPERATURE, i));
		}
		InfluxStore picky = new PickyStore();
		MeterRegistry meters = new SimpleMeterRegistry();

		new InfluxSink(picky, this.settings, Clock.systemUTC(), meters).write(messages);

		await().untilAsserted(() -> assertThat(rows("Refused")).hasSize(18));
		assertThat(meters.get("isobar.speed.influx.refused").counter().count()).isEqualTo(2);
		assertThat(output).containsOnlyOnce("InfluxDB refuses a point for good");
	}

	/** QuestDB, to which two of the points are sent as what it can't take. */
	private final class PickyStore extends InfluxStore {

		PickyStore() {
			super(null, InfluxSinkIT.this.settings);
		}

		@Override
		boolean isStandIn() {
			return true;
		}

		@Override
		void write(List<String> points) {
			InfluxSinkIT.this.store.write(points.stream()
				.map((line) -> line.replaceFirst("temperature=[78]\\.0", "temperature=\"warm\""))
				.toList());
		}

	}

	@Test
	void whatTheBucketWouldDropAtOnceIsNotSent() {
		Instant old = hoursAgo(24 * 31);

		this.sink.write(List.of(message("Dropped", old, old, Origin.OPEN_METEO, Metric.TEMPERATURE, 1),
				message("Dropped", hoursAgo(1), hoursAgo(1), Origin.OPEN_METEO, Values.NONE),
				message("Dropped", hoursAgo(2), hoursAgo(2), Origin.OPEN_METEO, Metric.TEMPERATURE, 2)));

		// The one without values still says where it is
		await().untilAsserted(() -> assertThat(rows("Dropped")).hasSize(2));
	}

	@Test
	void theTableForgetsWhatTheBucketWould() {
		this.sink.write(List.of(message("Kept", hoursAgo(1), hoursAgo(1), Origin.OPEN_METEO, Metric.TEMPERATURE, 1)));

		assertThat(InfluxStandIn.rows("select ttlValue, ttlUnit from tables() where table_name = 'weather'"))
			.singleElement()
			.satisfies((table) -> {
				assertThat(table.get("ttlValue").asInt()).isEqualTo((int) this.settings.retention().toDays());
				assertThat(table.get("ttlUnit").asString()).isEqualTo("DAY");
			});
	}

	@Test
	void whileItIsAwayNothingIsTakenAndAfterwardsEverythingIs() {
		List<WeatherMessage> messages = List
			.of(message("Away", hoursAgo(1), hoursAgo(1), Origin.OPEN_METEO, Metric.TEMPERATURE, 1));
		ServerProcess server = ServerProcess.of("influxdb");

		server.whileHeldUp(
				() -> assertThatThrownBy(() -> this.sink.write(messages)).isInstanceOf(RuntimeException.class));
		server.killAndAwait();
		await().ignoreExceptions().untilAsserted(() -> {
			this.sink.write(messages);
			assertThat(rows("Away")).hasSize(1);
		});
	}

	private static List<Map<String, JsonNode>> rows(String city) {
		return InfluxStandIn.rows("select * from weather where city = '" + city + "'");
	}

}
