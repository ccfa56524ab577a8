package io.isobar.speed;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.isobar.messages.WeatherMessage;
import io.isobar.provider.http.Limits;
import io.isobar.provider.http.TestLimits;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * One context for the tests of who fills the stream and who reads it again: a vendor that
 * is a real server, a store that remembers what arrives.
 */
@SpeedTest
@SpringBootTest(properties = { "isobar.embedded.database=" + StreamContext.DATABASE,
		"isobar.lake.root=" + StreamContext.ROOT, "isobar.speed.weather-topic=" + StreamContext.TOPIC,
		"isobar.cassandra.keyspace=stream_context", "isobar.influx.bucket=stream_context",
		"isobar.provider.order=open-meteo,simulator", "isobar.jobs.delay=PT0.01S", StreamContext.LEASE })
@Import(StreamContext.Surroundings.class)
abstract class StreamContext {

	static final String DATABASE = "stream_context";

	static final String ROOT = "/stream-context";

	static final String TOPIC = "stream-context";

	static final String LEASE = "isobar.jobs.lease=PT3S";

	/** Lives as long as the context, which several classes share. */
	static final WireMockServer vendor = new WireMockServer(WireMockConfiguration.wireMockConfig().dynamicPort());

	@DynamicPropertySource
	static void vendor(DynamicPropertyRegistry properties) {
		vendor.start();
		properties.add("isobar.provider.open-meteo.forecast-url", vendor::baseUrl);
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Surroundings {

		@Bean
		Limits limits() {
			return TestLimits.quick();
		}

		@Bean
		RememberedSink rememberedSink() {
			return new RememberedSink();
		}

	}

	/** A store in memory; a test may put something in its way. */
	static final class RememberedSink implements WeatherSink {

		private final List<WeatherMessage> arrived = new CopyOnWriteArrayList<>();

		private volatile Consumer<List<WeatherMessage>> before = (messages) -> {
		};

		@Override
		public String name() {
			return "remembered";
		}

		@Override
		public void write(List<WeatherMessage> messages) {
			this.before.accept(messages);
			this.arrived.addAll(messages);
		}

		/** What is done before messages are taken; what it throws keeps them out. */
		void before(Consumer<List<WeatherMessage>> action) {
			this.before = action;
		}

		/** Everything about that city, in the order in which it came. */
		List<WeatherMessage> arrived(String city) {
			return this.arrived.stream().filter((message) -> message.city().equals(city)).toList();
		}

	}

}
