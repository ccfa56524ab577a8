package io.isobar.embedded;

import java.util.List;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.cassandra.autoconfigure.CassandraConnectionDetails;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

import io.isobar.lake.LakeConnectionDetails;
import io.isobar.speed.InfluxConnectionDetails;

/**
 * Starts the embedded servers before anything else, and tells Boot where each is. Who
 * asks for a server waits for that server alone.
 */
@Configuration(proxyBeanMethods = false)
@Profile("embedded")
@EnableConfigurationProperties({ EmbeddedSettings.class, DataSettings.class })
class EmbeddedConfiguration {

	/** All servers start here, in parallel, while Spring goes on. */
	@Bean
	static EmbeddedServers embeddedServers(Environment environment) {
		EmbeddedServers servers = EmbeddedServers.of(environment);
		servers.startEnabled();
		return servers;
	}

	// Long before the first bean would ask for a server
	@Bean
	static BeanFactoryPostProcessor embeddedServersFirst() {
		return (beans) -> beans.getBean(EmbeddedServers.class);
	}

	@Bean
	EmbeddedServersUp embeddedServersUp(EmbeddedServers servers) {
		return new EmbeddedServersUp(servers);
	}

	@Bean
	PortTable portTable(EmbeddedServers servers) {
		return new PortTable(servers);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "isobar.embedded.postgresql.enabled", matchIfMissing = true)
	JdbcConnectionDetails embeddedPostgresql(EmbeddedServers servers, EmbeddedSettings settings) {
		return new PostgresqlConnectionDetails(servers.postgresql(), settings.database());
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "isobar.embedded.hdfs.enabled", matchIfMissing = true)
	LakeConnectionDetails embeddedHdfs(EmbeddedServers servers) {
		ForkedServer hdfs = servers.hdfs();
		return () -> Hdfs.uri(hdfs.await().port());
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "isobar.embedded.kafka.enabled", matchIfMissing = true)
	KafkaConnectionDetails embeddedKafka(EmbeddedServers servers) {
		ForkedServer kafka = servers.kafka();
		return () -> List.of(kafka.server().address(kafka.await().port()));
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "isobar.embedded.cassandra.enabled", matchIfMissing = true)
	CassandraConnectionDetails embeddedCassandra(EmbeddedServers servers) {
		ForkedServer cassandra = servers.cassandra();
		return new CassandraConnectionDetails() {
			@Override
			public List<Node> getContactPoints() {
				return List.of(new Node("127.0.0.1", cassandra.await().port()));
			}

			@Override
			public String getLocalDatacenter() {
				return Cassandra.DATA_CENTRE;
			}
		};
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "isobar.embedded.influxdb.enabled", matchIfMissing = true)
	InfluxConnectionDetails embeddedInfluxdb(EmbeddedServers servers) {
		ForkedServer influxdb = servers.influxdb();
		return () -> Influxdb.uri(influxdb.await().port());
	}

}
