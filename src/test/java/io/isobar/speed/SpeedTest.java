package io.isobar.speed;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.test.context.TestPropertySource;

/**
 * Switches the speed layer on, on the shared servers of this test JVM; the producer stays
 * off. A class keeps to itself by {@code isobar.speed.weather-topic},
 * {@code isobar.cassandra.keyspace}, {@code isobar.influx.bucket}, its database and its
 * {@code isobar.lake.root}.
 */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@TestPropertySource(properties = { "isobar.speed.enabled=true", "isobar.embedded.kafka.enabled=true",
		"isobar.embedded.cassandra.enabled=true", "isobar.embedded.influxdb.enabled=true",
		"isobar.speed.producer.enabled=false" })
public @interface SpeedTest {

}
