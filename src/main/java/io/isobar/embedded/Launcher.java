package io.isobar.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The first class of every forked server: holds the lock of the server's folder, runs the
 * server's own main class, and ends the JVM when the application is gone, however that
 * came about: with the static method {@code stop()} of that class, if there is one, and
 * the shutdown hooks.
 * <p>
 * It sees nothing but the JDK and has no nested classes: this one class file is put in
 * front of the server's class path.
 */
final class Launcher {

	/** The file whose lock a running server holds. */
	static final String LOCK = "lock";

	/** The file that says that the server's main method has come back. */
	static final String UP = "up";

	/** How long a server may take to shut down cleanly, in milliseconds. */
	private static final long STOP_MILLIS = 8_000;

	private Launcher() {
	}

	/**
	 * @param args the server's folder, its main class, and what that class is given
	 */
	public static void main(String[] args) throws Exception {
		Path folder = Path.of(args[0]);
		// Ctrl-C and a closed terminal reach the whole process group; the application
		// still needs its servers then, and ends them itself
		ignore("INT");
		ignore("HUP");
		Class<?> server = Class.forName(args[1]);
		new Thread(() -> endWithParent(server), "parent-watch").start();

		FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE);
		// A server that an earlier application has left may still be stopping
		FileLock lock = channel.lock();
		try {
			server.getMethod("main", String[].class).invoke(null, (Object) Arrays.copyOfRange(args, 2, args.length));
		}
		catch (ReflectiveOperationException ex) {
			ex.printStackTrace();
			System.exit(1);
		}
		if (lock.isValid()) {
			Files.writeString(folder.resolve(UP), Long.toString(ProcessHandle.current().pid()));
		}
	}

	/**
	 * Standard input is a pipe from the application: it ends when the application does.
	 */
	private static void endWithParent(Class<?> server) {
		try {
			while (System.in.read() >= 0) {
				// Nothing is ever sent
			}
		}
		catch (IOException ex) {
			// As good as an end
		}
		Thread halt = new Thread(Launcher::haltLater, "halt");
		halt.setDaemon(true);
		halt.start();
		try {
			server.getMethod("stop").invoke(null);
		}
		catch (NoSuchMethodException ex) {
			// It has shutdown hooks
		}
		catch (ReflectiveOperationException ex) {
			ex.printStackTrace();
		}
		System.exit(0);
	}

	private static void haltLater() {
		try {
			Thread.sleep(STOP_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		System.err.println("Not stopped cleanly within " + STOP_MILLIS + " ms, so cut short.");
		Runtime.getRuntime().halt(1);
	}

	private static void ignore(String signal) {
		try {
			Signal.handle(new Signal(signal), SignalHandler.SIG_IGN);
		}
		catch (IllegalArgumentException ex) {
			// This platform does not know it
		}
	}

}
