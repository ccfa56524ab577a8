package io.isobar.speed;

import java.net.URI;
import java.time.Duration;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import io.isobar.embedded.FaultyProxy;
import io.isobar.operations.Http;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.awaitility.Awaitility.await;

/**
 * One context for tests in which servers of the speed layer are away for a while: the
 * application as in a cluster, with a proxy before each store. (A client of Kafka goes
 * where the broker says that it is, so that one has none.)
 */
@ActiveProfiles("cluster")
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.speed.enabled=true", "isobar.speed.producer.enabled=false",
				"isobar.speed.weather-topic=" + DisturbedStream.TOPIC, "isobar.orders.topic=" + DisturbedStream.ORDERS,
				"isobar.cassandra.keyspace=" + DisturbedStream.NAME, "isobar.cassandra.read-timeout=PT2S",
				"isobar.influx.bucket=" + DisturbedStream.NAME, "isobar.lake.root=" + DisturbedStream.ROOT,
				"isobar.speed.lake.flush-interval=PT0.5S", "isobar.speed.listeners.watch=PT0.3S",
				"spring.datasource.hikari.data-source-properties.socketTimeout=5",
				"spring.datasource.hikari.data-source-properties.socketFactoryArg=PT5S",
				"spring.datasource.hikari.connection-timeout=10000", "spring.cassandra.local-datacenter=datacenter1",
				"isobar.viewer.password=" + DisturbedStream.PASSWORD, "isobar.operator.password=of-this-test-only",
				"isobar.admin.password=of-this-test-only" })
abstract class DisturbedStream {

	static final String TOPIC = "disturbed";

	static final String ORDERS = "disturbed-orders";

	static final String PASSWORD = "of-this-test-only";

	static final String NAME = "disturbed_stream";

	static final String ROOT = "/disturbed-stream";

	static final String CITY = "Disturbed";

	static final Duration LONG = Duration.ofMinutes(3);

	static final StreamOracle ORACLE = new StreamOracle(TOPIC, NAME, ROOT, CITY);

	/** They live as long as the context, which several classes share. */
	static FaultyProxy cassandra;

	static FaultyProxy influxdb;

	static FaultyProxy hdfs;

	static FaultyProxy postgresql;

	@Autowired
	SpeedSinks sinks;

	@LocalServerPort
	int port;

	@DynamicPropertySource
	static void addresses(DynamicPropertyRegistry properties) {
		JdbcConnectionDetails database = EmbeddedStores.postgresql(NAME);
		URI url = URI.create(database.getJdbcUrl().substring("jdbc:".length()));
		if (cassandra == null) {
			cassandra = new FaultyProxy(EmbeddedStores.cassandra());
			influxdb = new FaultyProxy(EmbeddedStores.influxdb().getPort());
			hdfs = new FaultyProxy(EmbeddedStores.hdfs().getPort());
			postgresql = new FaultyProxy(url.getPort());
		}
		properties.add("spring.kafka.bootstrap-servers", EmbeddedStores::kafka);
		properties.add("spring.cassandra.contact-points", () -> "127.0.0.1:" + cassandra.port());
		properties.add("isobar.influx.url", () -> "http://127.0.0.1:" + influxdb.port());
		properties.add("isobar.lake.uri", () -> "hdfs://127.0.0.1:" + hdfs.port());
		properties.add("spring.datasource.url",
				() -> "jdbc:postgresql://127.0.0.1:" + postgresql.port() + url.getPath());
		properties.add("spring.datasource.username", database::getUsername);
		properties.add("spring.datasource.password", database::getPassword);
	}

	/** Orders come in, and somebody reads their totals, until it is closed. */
	WatchedOrders watchOrders() {
		return WatchedOrders.start(ORDERS, this.port, Http.basic("viewer", PASSWORD));
	}

	/**
	 * Whoever has read totals has seen nothing wrong, and all orders are counted, those
	 * too that came after the fault.
	 */
	static void assertAllIsCounted(WatchedOrders orders, String fault) throws InterruptedException {
		int before = orders.confirmed();
		await().atMost(LONG).until(() -> orders.confirmed() > before);
		Faults.tell(fault + "; a reader of totals had no answer for", orders.end());
	}

	SpeedSinks.Doing doing(String sink) {
		return this.sinks.doing().stream().filter((each) -> each.sink().equals(sink)).findFirst().orElseThrow();
	}

}
