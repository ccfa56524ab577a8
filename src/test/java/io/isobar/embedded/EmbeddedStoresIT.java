package io.isobar.embedded;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.UUID;

import javax.sql.DataSource;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;

import io.isobar.lake.LakeConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@SpringBootTest(properties = "isobar.embedded.database=embedded_stores")
class EmbeddedStoresIT {

	@Autowired
	private DataSource dataSource;

	@Autowired
	private LakeConnectionDetails lake;

	@Test
	void contextsAndTestsWithoutOneShareTheServers() {
		assertThat(this.lake.uri()).isEqualTo(EmbeddedStores.hdfs());
	}

	@Test
	void aContextHasItsOwnDatabase() {
		String database = new JdbcTemplate(this.dataSource).queryForObject("select current_database()", String.class);

		assertThat(database).isEqualTo("embedded_stores");
	}

	@Test
	void commitsAreDurable() {
		JdbcTemplate jdbc = new JdbcTemplate(this.dataSource);

		assertThat(jdbc.queryForObject("show fsync", String.class)).isEqualTo("on");
		assertThat(jdbc.queryForObject("show synchronous_commit", String.class)).isEqualTo("on");
	}

	@Test
	void aTestWithoutAContextGetsTheDatabaseItNames() throws Exception {
		JdbcConnectionDetails details = EmbeddedStores.postgresql("by_name");

		try (Connection connection = DriverManager.getConnection(details.getJdbcUrl(), details.getUsername(),
				details.getPassword()); Statement statement = connection.createStatement()) {
			try (ResultSet row = statement.executeQuery("select current_database(), upper('é')")) {
				row.next();
				assertThat(row.getString(1)).isEqualTo("by_name");
				assertThat(row.getString(2)).isEqualTo("É");
			}
		}
	}

	@Test
	void postgresqlAsksForThePassword() {
		JdbcConnectionDetails details = EmbeddedStores.postgresql("by_name");

		assertThatThrownBy(() -> DriverManager.getConnection(details.getJdbcUrl(), "weather", "wrong"))
			.hasMessageContaining("password authentication failed");
		assertThatThrownBy(() -> DriverManager.getConnection(details.getJdbcUrl(), "postgres", "wrong"))
			.hasMessageContaining("password authentication failed");
	}

	@Test
	void hdfsKeepsAFile() throws Exception {
		Path file = new Path("/embedded-stores/" + UUID.randomUUID());

		try (FileSystem fileSystem = FileSystem.newInstance(EmbeddedStores.hdfs(), new Configuration())) {
			try (OutputStream out = fileSystem.create(file)) {
				out.write("kept".getBytes(StandardCharsets.UTF_8));
			}
			assertThat(fileSystem.getFileStatus(file).getLen()).isEqualTo(4);
			assertThat(fileSystem.getDefaultReplication(file)).isPositive();
		}
	}

}
