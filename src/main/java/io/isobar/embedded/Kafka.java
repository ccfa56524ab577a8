package io.isobar.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Kafka: the topics that the speed layer lives on. */
final class Kafka implements EmbeddedServer {

	@Override
	public String name() {
		return "kafka";
	}

	@Override
	public String purpose() {
		return "topics of the speed layer";
	}

	@Override
	public int wellKnownPort() {
		return 9092;
	}

	@Override
	public String mainClass() {
		return "io.isobar.embedded.kafka.KafkaServer";
	}

	@Override
	public List<String> jvmOptions() {
		return List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-Xss512k",
				"-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true",
				"-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
	}

	@Override
	public List<String> arguments(Path folder, int port) {
		return List.of(folder.toString(), Integer.toString(port));
	}

	@Override
	public String address(int port) {
		return "127.0.0.1:" + port;
	}

	@Override
	public Map<String, String> properties(int port) {
		return Map.of("spring.kafka.bootstrap-servers", address(port));
	}

}
