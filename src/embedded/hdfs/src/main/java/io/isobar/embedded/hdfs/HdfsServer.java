package io.isobar.embedded.hdfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/**
 * HDFS with one name node and one data node in one JVM, on loopback, its files kept in
 * the folder it is given. {@code main} returns when HDFS can be written to.
 */
public final class HdfsServer {

	private static volatile MiniDFSCluster cluster;

	private HdfsServer() {
	}

	/**
	 * @param args the folder, and the port of the name node
	 */
	public static void main(String[] args) throws IOException {
		Path folder = Path.of(args[0]);
		int port = Integer.parseInt(args[1]);

		Path storage = folder.resolve("storage");
		Path formatted = storage.resolve("formatted");
		boolean format = !Files.exists(formatted);
		if (format) {
			setAside(storage);
		}
		cluster = new MiniDFSCluster.Builder(configuration(), storage.toFile()).nameNodePort(port)
			.numDataNodes(1)
			.storagesPerDatanode(1)
			.format(format)
			// Off by default in this class, which is made for tests
			.skipFsyncForTesting(false)
			.build();
		cluster.waitActive();
		cluster.waitClusterUp();
		if (format) {
			Files.writeString(formatted, Instant.now().toString());
		}
	}

	/** Not a shutdown hook: HDFS removes hooks of its own here, which is refused by then. */
	public static void stop() {
		if (cluster != null) {
			cluster.shutdown(false, false);
		}
	}

	private static Configuration configuration() {
		Configuration configuration = new Configuration();
		configuration.setInt("dfs.replication", 1);
		configuration.setInt("dfs.namenode.replication.min", 1);
		configuration.setInt("dfs.namenode.safemode.extension", 0);
		configuration.setBoolean("dfs.permissions.enabled", false);
		configuration.setBoolean("dfs.datanode.synconclose", true);
		configuration.set("dfs.namenode.rpc-bind-host", "127.0.0.1");
		configuration.set("dfs.namenode.http-address", "127.0.0.1:0");
		configuration.set("dfs.datanode.address", "127.0.0.1:0");
		configuration.set("dfs.datanode.http.address", "127.0.0.1:0");
		configuration.set("dfs.datanode.ipc.address", "127.0.0.1:0");
		configuration.setInt("dfs.namenode.handler.count", 4);
		configuration.setInt("dfs.namenode.service.handler.count", 2);
		configuration.setInt("dfs.datanode.handler.count", 4);
		configuration.setBoolean("dfs.disk.balancer.enabled", false);
		return configuration;
	}

	/**
	 * A folder whose formatting was cut short holds nothing of value; it is still moved
	 * rather than deleted, in case a person has put it there.
	 */
	private static void setAside(Path storage) throws IOException {
		if (!Files.isDirectory(storage)) {
			return;
		}
		try (Stream<Path> content = Files.list(storage)) {
			if (content.findAny().isEmpty()) {
				return;
			}
		}
		Path aside = storage.resolveSibling("storage.unfinished-" + System.currentTimeMillis());
		Files.move(storage, aside);
		System.err.println("The folder " + storage + " was not formatted completely; it is now " + aside + ".");
	}

}
