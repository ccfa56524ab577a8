package io.isobar.speed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;

import org.awaitility.Awaitility;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/** One context for all tests of the stores: each uses cities of its own. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpeedTest
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.speed.weather-topic=stores", "isobar.cassandra.keyspace=stores",
				"isobar.cassandra.read-timeout=PT2S", "isobar.influx.bucket=stores", "isobar.embedded.database=stores",
				"isobar.lake.root=/stores", "isobar.speed.events.connections=3", "isobar.speed.events.queue=100" })
public @interface StoresTest {

	/**
	 * Whether Cassandra answers: on a busy machine its start takes longer than a write
	 * may.
	 */
	final class Ready {

		private Ready() {
		}

		static void await(CassandraStore store) {
			Awaitility.await()
				.atMost(Duration.ofMinutes(2))
				.ignoreExceptions()
				.until(() -> store.statements(Duration.ofSeconds(10)) != null);
		}

	}

}
