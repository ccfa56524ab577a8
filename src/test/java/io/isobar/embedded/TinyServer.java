package io.isobar.embedded;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A server that does nothing but listen, for tests of how servers are forked. Ends at
 * once where its folder holds a file {@code broken}, never comes up where it holds a file
 * {@code idle}, and where it holds a file {@code busy}, only when that is gone: until
 * then it writes to its log.
 */
final class TinyServer {

	private static ServerSocket socket;

	private TinyServer() {
	}

	public static void main(String[] args) throws Exception {
		Path folder = Path.of(args[0]);
		System.out.println("tiny server starts");
		if (Files.exists(folder.resolve("broken"))) {
			throw new IllegalStateException("it is broken");
		}
		if (Files.exists(folder.resolve("idle"))) {
			Thread.currentThread().join();
		}
		while (Files.exists(folder.resolve("busy"))) {
			System.out.println("tiny server is busy");
			Thread.sleep(100);
		}
		socket = new ServerSocket(Integer.parseInt(args[1]), 1, InetAddress.getLoopbackAddress());
		Files.writeString(folder.resolve("environment"), String.join("\n", System.getenv().keySet()));
	}

	public static void stop() throws Exception {
		System.out.println("tiny server stops");
	}

}
