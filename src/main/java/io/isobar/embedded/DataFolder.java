package io.isobar.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

import org.jspecify.annotations.Nullable;

/** The folder with all data, which belongs to one application at a time. */
final class DataFolder implements AutoCloseable {

	// Beyond the content, so that the content can be read where locks are mandatory
	private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

	private final Path path;

	private final FileChannel channel;

	private DataFolder(Path path, FileChannel channel) {
		this.path = path;
		this.channel = channel;
	}

	/** Takes the folder, which is created if need be, for this application alone. */
	static DataFolder open(Path path) {
		Path folder = path.toAbsolutePath().normalize();
		try {
			if (!Files.exists(folder)) {
				createPrivate(folder);
			}
			Files.createDirectories(folder.resolve("logs"));
			Path file = folder.resolve("application.lock");
			FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
					StandardOpenOption.WRITE);
			FileLock lock = tryLock(channel);
			if (lock == null) {
				channel.close();
				throw inUse(folder, Files.readString(file).strip());
			}
			channel.truncate(0);
			channel.write(StandardCharsets.US_ASCII.encode(Long.toString(ProcessHandle.current().pid())));
			return new DataFolder(folder, channel);
		}
		catch (IOException ex) {
			throw new EmbeddedProblem("The data folder " + folder + " can't be written: " + reason(ex),
					"Give this user the right to write there, or set ISOBAR_DATA_DIR to another folder.", ex);
		}
	}

	// Passwords lie in it
	private static void createPrivate(Path folder) throws IOException {
		Path parent = folder.getParent();
		if (parent != null) {
			Files.createDirectories(parent);
		}
		if (isPosix(folder)) {
			Files.createDirectory(folder,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		else {
			Files.createDirectory(folder);
		}
	}

	private static boolean isPosix(Path path) {
		return path.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock(LOCKED_BYTE, 1, false);
		}
		catch (OverlappingFileLockException ex) {
			return null;
		}
	}

	private static EmbeddedProblem inUse(Path folder, String pid) {
		return new EmbeddedProblem(
				"The data folder " + folder + " is in use by another isobar (process " + pid
						+ "), and two on one folder would damage each other's data.",
				"Stop that one first, or set ISOBAR_DATA_DIR to another folder. To run two on the same stores, "
						+ "start the second with --spring.profiles.active=cluster --spring.config.import=file:"
						+ folder.resolve(Ports.FILE) + " and a server.port of its own.");
	}

	private static String reason(IOException ex) {
		String name = ex.getClass().getSimpleName().replace("Exception", "");
		return (ex instanceof FileAlreadyExistsException) ? "there is a file in the way (" + ex.getMessage() + ")."
				: name + " (" + ex.getMessage() + ").";
	}

	Path path() {
		return this.path;
	}

	/** The folder of one server, created if need be. */
	Path of(String server) throws IOException {
		return Files.createDirectories(this.path.resolve(server));
	}

	Path log(String server) {
		return this.path.resolve("logs").resolve(server + ".log");
	}

	/** How many bytes a server's log has; 0 where there is none. */
	long logLength(String server) {
		return log(server).toFile().length();
	}

	/** Begins a new log and keeps the one before. */
	void rotateLog(String server) throws IOException {
		Path log = log(server);
		if (Files.exists(log)) {
			Files.move(log, log.resolveSibling(server + ".previous.log"), StandardCopyOption.REPLACE_EXISTING);
		}
	}

	/**
	 * The last lines of a server's log.
	 * @return at most so many lines, or a word that there are none
	 */
	String logTail(String server, int lines) {
		try (RandomAccessFile log = new RandomAccessFile(log(server).toFile(), "r")) {
			byte[] end = new byte[(int) Math.min(log.length(), 16_384)];
			log.seek(log.length() - end.length);
			log.readFully(end);
			String[] all = new String(end, StandardCharsets.UTF_8).strip().split("\\R");
			StringBuilder tail = new StringBuilder();
			for (int i = Math.max(0, all.length - lines); i < all.length; i++) {
				tail.append("\n    ").append(all[i]);
			}
			return tail.toString();
		}
		catch (IOException ex) {
			return " (no log)";
		}
	}

	/** Writes a file that only its owner can read, at once or not at all. */
	static void writeSecret(Path file, String content) throws IOException {
		Path fresh = file.resolveSibling(file.getFileName() + ".new");
		Files.deleteIfExists(fresh);
		if (isPosix(file)) {
			Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		}
		Files.writeString(fresh, content);
		Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
