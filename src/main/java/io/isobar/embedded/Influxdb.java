package io.isobar.embedded;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * QuestDB, which stands in for InfluxDB: there is none that could be embedded, and this
 * one takes the same writes.
 */
final class Influxdb implements EmbeddedServer {

	@Override
	public String name() {
		return "influxdb";
	}

	@Override
	public String purpose() {
		return "points, for SQL and Grafana (QuestDB, stands in for InfluxDB)";
	}

	@Override
	public int wellKnownPort() {
		return 8086;
	}

	@Override
	public String mainClass() {
		return "io.isobar.embedded.influxdb.InfluxdbServer";
	}

	@Override
	public List<String> jvmOptions() {
		return List.of("-Xms48m", "-Xmx192m", "-XX:+UseSerialGC",
				"--add-exports=java.base/jdk.internal.math=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED");
	}

	@Override
	public List<String> arguments(Path folder, int port) {
		return List.of(folder.toString(), Integer.toString(port));
	}

	@Override
	public String address(int port) {
		return uri(port).toString();
	}

	static URI uri(int port) {
		return URI.create("http://127.0.0.1:" + port);
	}

	@Override
	public Map<String, String> properties(int port) {
		return Map.of("isobar.influx.url", address(port));
	}

}
