package io.isobar.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cassandra: the speed views. */
final class Cassandra implements EmbeddedServer {

	static final String DATA_CENTRE = "datacenter1";

	/** What Cassandra reaches into on JDK 17: its own list. */
	private static final List<String> EXPORTS = List.of("java.base/jdk.internal.misc",
			"java.management.rmi/com.sun.jmx.remote.internal.rmi", "java.rmi/sun.rmi.registry",
			"java.rmi/sun.rmi.server", "java.sql/java.sql", "java.base/java.lang.ref", "jdk.unsupported/sun.misc",
			"jdk.attach/sun.tools.attach");

	private static final List<String> OPENS = List.of("java.base/java.lang.module", "java.base/jdk.internal.loader",
			"java.base/jdk.internal.ref", "java.base/jdk.internal.reflect", "java.base/jdk.internal.math",
			"java.base/jdk.internal.module", "java.base/jdk.internal.util.jar",
			"jdk.management/com.sun.management.internal", "java.base/sun.nio.ch", "java.base/java.io",
			"java.base/java.lang.reflect", "java.base/java.lang", "java.base/java.util", "java.base/java.nio",
			"java.base/java.util.concurrent");

	@Override
	public String name() {
		return "cassandra";
	}

	@Override
	public String purpose() {
		return "speed views (data centre " + DATA_CENTRE + ")";
	}

	@Override
	public int wellKnownPort() {
		return 9042;
	}

	@Override
	public String mainClass() {
		return "io.isobar.embedded.cassandra.CassandraServer";
	}

	@Override
	public List<String> jvmOptions() {
		List<String> options = new ArrayList<>(List.of("-Xms64m", "-Xmx320m", "-XX:+UseSerialGC", "-Xss512k",
				"-XX:MaxDirectMemorySize=128m", "-Djdk.attach.allowAttachSelf=true", "-Djava.security.manager=allow",
				"-Dio.netty.tryReflectionSetAccessible=true"));
		EXPORTS.forEach((each) -> options.add("--add-exports=" + each + "=ALL-UNNAMED"));
		OPENS.forEach((each) -> options.add("--add-opens=" + each + "=ALL-UNNAMED"));
		return List.copyOf(options);
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
		return Map.of("spring.cassandra.contact-points", address(port), "spring.cassandra.local-datacenter",
				DATA_CENTRE);
	}

}
