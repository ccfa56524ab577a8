package io.isobar.embedded.kafka;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * Kafka with one node that is broker and controller, on loopback, its logs kept in the
 * folder it is given. {@code main} returns when it can be written to.
 */
public final class KafkaServer {

	private static volatile KafkaRaftServer server;

	private KafkaServer() {
	}

	/**
	 * @param args the folder, and the port of the broker
	 */
	public static void main(String[] args) throws Exception {
		Path storage = Path.of(args[0]).resolve("storage");
		Properties properties = properties(storage, Integer.parseInt(args[1]), freePort());
		format(storage);
		KafkaRaftServer kafka = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
		server = kafka;
		kafka.startup();
		Thread watch = new Thread(() -> {
			kafka.awaitShutdown();
			System.exit(1);
		}, "kafka-watch");
		watch.setDaemon(true);
		watch.start();
	}

	/** Ends it cleanly: nothing has to be recovered at the next start. */
	public static void stop() {
		KafkaRaftServer running = server;
		if (running != null) {
			running.shutdown();
		}
	}

	/** Once: formatted again, it would belong to another cluster, and is refused. */
	private static void format(Path storage) throws Exception {
		if (Files.exists(storage.resolve("meta.properties"))) {
			return;
		}
		Files.createDirectories(storage);
		new Formatter().setClusterId(Uuid.randomUuid().toString())
			.setNodeId(1)
			.setControllerListenerName("CONTROLLER")
			.setMetadataLogDirectory(storage.toString())
			.addDirectory(storage.toString())
			.setIgnoreFormatted(true)
			.setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
			.run();
	}

	private static Properties properties(Path storage, int port, int controllerPort) {
		Properties properties = new Properties();
		properties.put("process.roles", "broker,controller");
		properties.put("node.id", "1");
		properties.put("log.dirs", storage.toString());
		properties.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
		properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
		properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
		properties.put("controller.listener.names", "CONTROLLER");
		properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);

		// The application makes its topics itself, with the settings they need
		properties.put("auto.create.topics.enable", "false");
		properties.put("default.replication.factor", "1");
		properties.put("offsets.topic.replication.factor", "1");
		properties.put("offsets.topic.num.partitions", "8");
		// A laptop may be off for weeks: 10 years
		properties.put("offsets.retention.minutes", "5256000");
		properties.put("transaction.state.log.replication.factor", "1");
		properties.put("transaction.state.log.min.isr", "1");
		properties.put("transaction.state.log.num.partitions", "4");
		properties.put("share.coordinator.state.topic.replication.factor", "1");
		properties.put("share.coordinator.state.topic.min.isr", "1");

		// One node: nobody else to wait for, neither at a start nor when it comes back
		properties.put("group.initial.rebalance.delay.ms", "0");
		properties.put("broker.session.timeout.ms", "2000");
		properties.put("broker.heartbeat.interval.ms", "500");

		// A laptop's disk
		properties.put("log.segment.bytes", Integer.toString(64 * 1024 * 1024));
		properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
		properties.put("log.index.size.max.bytes", Integer.toString(1024 * 1024));
		properties.put("num.network.threads", "2");
		properties.put("num.io.threads", "4");
		return properties;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
