package io.isobar.embedded.influxdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

import io.questdb.ServerMain;

/**
 * QuestDB in InfluxDB's place, on loopback, its files kept in the folder it is given: it
 * takes what InfluxDB's client writes, at the same address ({@code /api/v2/write}), and
 * answers SQL ({@code /exec}), not Flux. {@code main} returns when it can be written to.
 */
public final class InfluxdbServer {

	/** It would say of every write what it does with it. */
	private static final String LOG = """
			writers=stdout
			w.stdout.class=io.questdb.log.LogConsoleWriter
			w.stdout.level=CRITICAL,ERROR
			""";

	private static volatile ServerMain server;

	private InfluxdbServer() {
	}

	/**
	 * @param args the folder, and the port for HTTP
	 */
	public static void main(String[] args) throws IOException {
		Path storage = Path.of(args[0]).resolve("storage");
		Path made = storage.resolve("made");
		if (!Files.exists(made)) {
			// What is left of a first start that was killed can't be opened; nobody could
			// write to it
			delete(storage);
		}
		Files.createDirectories(storage.resolve("conf"));
		Files.writeString(storage.resolve("conf/server.conf"), settings(Integer.parseInt(args[1])));
		Files.writeString(storage.resolve("conf/log.conf"), LOG);
		ServerMain questdb = new ServerMain("-d", storage.toString());
		server = questdb;
		questdb.start();
		questdb.awaitStartup();
		if (!Files.exists(made)) {
			Files.createFile(made);
		}
	}

	private static void delete(Path folder) throws IOException {
		if (Files.exists(folder)) {
			try (Stream<Path> files = Files.walk(folder)) {
				for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
					Files.delete(file);
				}
			}
		}
	}

	public static void stop() {
		ServerMain running = server;
		if (running != null) {
			running.close();
		}
	}

	private static String settings(int port) {
		return """
				http.net.bind.to=127.0.0.1:%d
				http.min.enabled=false
				pg.enabled=false
				line.tcp.enabled=false
				line.udp.enabled=false
				line.http.enabled=true
				telemetry.enabled=false
				# Files are extended by so much at a time: by default a gigabyte for one table
				cairo.writer.data.append.page.size=128K
				cairo.wal.writer.data.append.page.size=128K
				cairo.o3.column.memory.size=128K
				shared.network.worker.count=1
				shared.query.worker.count=1
				shared.write.worker.count=1
				http.export.worker.count=1
				cairo.mat.view.enabled=false
				# A worker that finds nothing to do sleeps soon, and does not keep a core busy
				shared.worker.nap.threshold=20
				shared.worker.sleep.threshold=100
				""".formatted(port);
	}

}
