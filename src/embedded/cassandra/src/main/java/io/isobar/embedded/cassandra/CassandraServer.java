package io.isobar.embedded.cassandra;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.cassandra.service.CassandraDaemon;

/**
 * Cassandra with one node, on loopback, its files kept in the folder it is given.
 * {@code main} returns when it answers CQL.
 */
public final class CassandraServer {

	/** Request OPTIONS of version 4 of the native protocol, without a body. */
	private static final byte[] OPTIONS = { 4, 0, 0, 0, 5, 0, 0, 0, 0 };

	private static final int SUPPORTED = 6;

	private static final int ANSWERS_WITHIN_MILLIS = 2_000;

	private static final String LOGGING = """
			<?xml version="1.0" encoding="UTF-8"?>
			<configuration>
				<appender name="console" class="ch.qos.logback.core.ConsoleAppender">
					<encoder>
						<pattern>%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0} : %msg%n</pattern>
					</encoder>
				</appender>
				<!-- What it says of machines in general, at every start: limits of the shell, swap, agents -->
				<logger name="org.apache.cassandra.service.StartupChecks" level="ERROR"/>
				<logger name="org.apache.cassandra.config.DatabaseDescriptor" level="ERROR"/>
				<root level="WARN">
					<appender-ref ref="console"/>
				</root>
			</configuration>
			""";

	private CassandraServer() {
	}

	/**
	 * @param args the folder, and the port for CQL
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Path folder = Path.of(args[0]);
		int port = Integer.parseInt(args[1]);
		Path storage = folder.resolve("storage");
		Files.createDirectories(storage);
		Path settings = folder.resolve("cassandra.yaml");
		Files.writeString(settings, settings(port, freePort()));
		Path logging = folder.resolve("logback.xml");
		Files.writeString(logging, LOGGING);
		System.setProperty("logback.configurationFile", logging.toString());
		System.setProperty("cassandra.config", settings.toUri().toString());
		System.setProperty("cassandra.storagedir", storage.toString());
		// Else it takes the terminal that it does not have away from itself
		System.setProperty("cassandra-foreground", "yes");
		// One node: no ring to wait for, nobody who gossips
		System.setProperty("cassandra.ring_delay_ms", "0");
		System.setProperty("cassandra.skip_wait_for_gossip_to_settle", "0");
		System.setProperty("cassandra.shutdown_announce_in_ms", "0");
		CassandraDaemon.main(new String[0]);
		while (!answers(port)) {
			Thread.sleep(50);
		}
	}

	private static boolean answers(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWERS_WITHIN_MILLIS);
			socket.setSoTimeout(ANSWERS_WITHIN_MILLIS);
			socket.getOutputStream().write(OPTIONS);
			byte[] header = new byte[5];
			new DataInputStream(socket.getInputStream()).readFully(header);
			return header[4] == SUPPORTED;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static String settings(int port, int storagePort) {
		return """
				cluster_name: isobar
				num_tokens: 1
				auto_bootstrap: false
				partitioner: org.apache.cassandra.dht.Murmur3Partitioner
				endpoint_snitch: SimpleSnitch
				listen_address: 127.0.0.1
				rpc_address: 127.0.0.1
				native_transport_port: %d
				storage_port: %d
				start_native_transport: true
				seed_provider:
				  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
				    parameters:
				      - seeds: "127.0.0.1:%d"

				# A write is acknowledged when its log is on the disk: an acknowledged one survives a kill.
				# Those of a moment share a sync
				commitlog_sync: group
				commitlog_sync_group_window: 2ms
				commitlog_segment_size: 8MiB
				commitlog_total_space: 64MiB
				memtable_heap_space: 48MiB
				memtable_offheap_space: 16MiB
				memtable_allocation_type: heap_buffers
				key_cache_size: 4MiB
				row_cache_size: 0MiB
				counter_cache_size: 0MiB
				file_cache_size: 16MiB
				networking_cache_size: 16MiB
				# One that waits for the log holds a thread
				concurrent_writes: 128
				concurrent_reads: 16
				concurrent_compactors: 1
				native_transport_max_threads: 128
				native_transport_max_frame_size: 8MiB
				max_mutation_size: 3MiB
				hinted_handoff_enabled: false
				auto_snapshot: false
				cdc_enabled: false
				disk_failure_policy: die
				commit_failure_policy: die
				"""
			.formatted(port, storagePort, storagePort);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
