package io.isobar.embedded;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** HDFS: the lake's file system. */
final class Hdfs implements EmbeddedServer {

	@Override
	public String name() {
		return "hdfs";
	}

	@Override
	public String purpose() {
		return "the lake: master dataset";
	}

	@Override
	public int wellKnownPort() {
		return 8020;
	}

	@Override
	public String mainClass() {
		return "io.isobar.embedded.hdfs.HdfsServer";
	}

	@Override
	public List<String> jvmOptions() {
		return List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
				"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true",
				"-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
				// Nothing is wrong: no native library on the class path, and no file with
				// a secret
				"-Dorg.slf4j.simpleLogger.log.org.apache.hadoop.util.NativeCodeLoader=error",
				"-Dorg.slf4j.simpleLogger.log.org.apache.hadoop.security.authentication.server.AuthenticationFilter=error",
				// One folder is all there is on a laptop
				"-Dorg.slf4j.simpleLogger.log.org.apache.hadoop.hdfs.server.namenode.FSNamesystem=error");
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
		return URI.create("hdfs://127.0.0.1:" + port);
	}

	@Override
	public Map<String, String> properties(int port) {
		return Map.of("isobar.lake.uri", address(port));
	}

}
