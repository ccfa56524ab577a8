package io.isobar.speed;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;

import org.springframework.boot.test.context.SpringBootTest;
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
@Import(StreamSurroundings.class)
abstract class StreamContext {

	static final String DATABASE = "stream_context";

	static final String ROOT = "/stream-context";

	static final String TOPIC = "stream-context";

	static final String LEASE = "isobar.jobs.lease=PT3S";

	/** Lives as long as the context, which several classes share. */
	static final WireMockServer vendor = new WireMockServer(
			WireMockConfiguration.wireMockConfig().dynamicPort().globalTemplating(true));

	@DynamicPropertySource
	static void vendor(DynamicPropertyRegistry properties) {
		vendor.start();
		properties.add("isobar.provider.open-meteo.forecast-url", vendor::baseUrl);
	}

}
