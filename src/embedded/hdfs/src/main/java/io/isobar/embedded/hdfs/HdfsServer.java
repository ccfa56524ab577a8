package io.isobar.embedded.hdfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;

/**
 * HDFS with one name node and one data node in one JVM, on loopback, its files kept in
 * the folder it is given. {@code main} returns when HDFS can be written to.
 * <p>
 * The two are started here rather than by {@code MiniDFSCluster}, which deletes its
 * folder when it is shut down or fails to start.
 */
public final class HdfsServer {

	private static volatile NameNode nameNode;

	private static volatile DataNode dataNode;

	private static volatile boolean stopping;

	private HdfsServer() {
	}

	/**
	 * @param args the folder, and the port of the name node
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Path storage = Path.of(args[0]).resolve("storage");
		Configuration configuration = configuration(storage, Integer.parseInt(args[1]));

		Path formatted = storage.resolve("formatted");
		if (!Files.exists(formatted)) {
			setAside(storage);
			Files.createDirectories(storage);
			NameNode.format(configuration);
			Files.writeString(formatted, Instant.now().toString());
		}
		// The metrics of both are registered in this one JVM
		DefaultMetricsSystem.setMiniClusterMode(true);
		nameNode = NameNode.createNameNode(new String[0], configuration);
		dataNode = DataNode.createDataNode(new String[0], configuration);
		while (nameNode.isInSafeMode() || nameNode.getNamesystem().getNumLiveDataNodes() == 0
				|| !dataNode.isDatanodeFullyStarted()) {
			Thread.sleep(20);
		}
		Thread watch = new Thread(HdfsServer::endWithDataNode, "data-node-watch");
		watch.setDaemon(true);
		watch.start();
	}

	/** A name node alone answers but stores nothing. */
	private static void endWithDataNode() {
		try {
			while (dataNode.isDatanodeUp()) {
				Thread.sleep(1_000);
			}
			if (!stopping) {
				System.err.println("The data node has ended.");
				System.exit(1);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Ends both. Not as a shutdown hook: HDFS removes hooks of its own here, which is
	 * refused by then.
	 */
	public static void stop() {
		stopping = true;
		if (dataNode != null) {
			dataNode.shutdown();
		}
		if (nameNode != null) {
			nameNode.stop();
		}
	}

	private static Configuration configuration(Path storage, int port) {
		Configuration configuration = new Configuration();
		configuration.set("fs.defaultFS", "hdfs://127.0.0.1:" + port);
		configuration.set("dfs.namenode.rpc-address", "127.0.0.1:" + port);
		configuration.set("dfs.namenode.name.dir", storage.resolve("name").toUri().toString());
		configuration.set("dfs.datanode.data.dir", storage.resolve("data").toUri().toString());
		configuration.set("hadoop.tmp.dir", storage.resolve("tmp").toString());

		configuration.set("dfs.namenode.http-address", "127.0.0.1:0");
		configuration.set("dfs.datanode.address", "127.0.0.1:0");
		configuration.set("dfs.datanode.http.address", "127.0.0.1:0");
		configuration.set("dfs.datanode.ipc.address", "127.0.0.1:0");
		configuration.set("dfs.datanode.hostname", "127.0.0.1");

		configuration.setInt("dfs.replication", 1);
		configuration.setInt("dfs.namenode.safemode.extension", 0);
		configuration.setBoolean("dfs.permissions.enabled", false);
		// No page that somebody's browser shows may write
		configuration.setBoolean("dfs.webhdfs.rest-csrf.enabled", true);
		// A closed file is on the disk, not only with the operating system
		configuration.setBoolean("dfs.datanode.synconclose", true);
		// The name node merges its log into a new image at a start; what is merged may go
		configuration.setInt("dfs.namenode.num.extra.edits.retained", 0);
		configuration.setInt("dfs.namenode.handler.count", 4);
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
