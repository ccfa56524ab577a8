package io.isobar.speed;

import java.net.URI;
import java.time.Duration;

import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import io.isobar.lake.OrderStore;
import io.isobar.lake.StreamArchive;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.cassandra.autoconfigure.DriverConfigLoaderBuilderCustomizer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ SpeedSettings.class, InfluxSettings.class, EventSettings.class, ListenerSettings.class,
		LakeSinkSettings.class, OrderStreamSettings.class })
class SpeedConfiguration {

	// A fallback bean, as a condition on a missing bean would depend on the order of
	// scanning
	@Bean
	@Fallback
	InfluxConnectionDetails configuredInflux(InfluxSettings settings) {
		return new InfluxConnectionDetails() {
			@Override
			public URI url() {
				URI url = settings.url();
				if (url == null) {
					throw new IllegalStateException("InfluxDB has no address, as isobar.influx.url is not set. "
							+ "Set it (ISOBAR_INFLUX_URL), such as http://influxdb:8086.");
				}
				return url;
			}

			@Override
			public @Nullable String token() {
				return settings.token();
			}
		};
	}

	@Bean(StreamArchive.ORDERS)
	@ConditionalOnSpeed
	LakeSink ordersArchive(Topics topics, OrderStore orders, DeadLetterSender deadLetters, LakeSinkSettings settings) {
		return new LakeSink(topics, new OrdersArchive(topics, orders), deadLetters, settings);
	}

	@Bean
	@ConditionalOnSpeed
	DeadLetterSink ordersDeadLetterSink(Topics topics, DeadLetterRows rows) {
		return new DeadLetterSink("orders-dead-letters", Topics.deadLetters(topics.orders()), rows);
	}

	// A Cassandra that comes back is used again within seconds, however long it was away
	@Bean
	DriverConfigLoaderBuilderCustomizer promptReconnection() {
		return (driver) -> driver.withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(500))
			.withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5));
	}

}
