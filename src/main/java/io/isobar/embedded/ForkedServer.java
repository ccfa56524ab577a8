package io.isobar.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.FileSystemUtils;

import io.isobar.embedded.EmbeddedSettings.ServerSettings;

/**
 * One embedded server in a JVM of its own: started in the background, watched, started
 * again on the same port when it dies, and stopped with the application.
 */
final class ForkedServer {

	private static final Logger logger = LoggerFactory.getLogger(ForkedServer.class);

	/** How often a dead server is started again without living for a while in between. */
	private static final int ATTEMPTS = 6;

	/** How long a server must live for its death to be a new story. */
	private static final Duration LONG_LIFE = Duration.ofSeconds(20);

	/** How long a server may need to stop; a little more than the launcher gives it. */
	private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);

	/** How often a server that is starting is looked at for progress. */
	private static final Duration LOOKS_EVERY = Duration.ofSeconds(1);

	/** All that a server sees of this process's environment: no options, no secrets. */
	private static final Set<String> ENVIRONMENT = Set.of("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ",
			"TMPDIR", "TMP", "TEMP", "SystemRoot", "SystemDrive", "USERPROFILE", "COMSPEC", "PATHEXT");

	private final EmbeddedServer server;

	private final ServerSettings settings;

	private final String classPath;

	private final DataFolder data;

	private final Ports ports;

	private final boolean fresh;

	/** The port that it is started on first. */
	private final CompletableFuture<Integer> chosen = new CompletableFuture<>();

	private final CompletableFuture<Started> started = new CompletableFuture<>();

	private final CountDownLatch stopping = new CountDownLatch(1);

	private @Nullable Process process;

	/**
	 * @param launcher folder with the class file of the {@link Launcher}
	 * @param fresh whether to forget what the server's folder holds
	 */
	ForkedServer(EmbeddedServer server, ServerSettings settings, ServerHome home, Path launcher, DataFolder data,
			Ports ports, boolean fresh) {
		this.server = server;
		this.settings = settings;
		this.classPath = launcher + File.pathSeparator + home.classPath(server.name(), settings.version());
		this.data = data;
		this.ports = ports;
		this.fresh = fresh;
	}

	/** Starts it in the background. */
	void start() {
		Thread thread = new Thread(this::run, "embedded-" + this.server.name());
		thread.setDaemon(true);
		thread.start();
	}

	/** Waits until it is known on which port it is started, or that it can't be. */
	void awaitPort() {
		join(this.chosen);
	}

	/** Waits until it can be used. */
	Started await() {
		return join(this.started);
	}

	private static <T> T join(CompletableFuture<T> future) {
		try {
			return future.join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof EmbeddedProblem problem) {
				throw problem;
			}
			throw ex;
		}
	}

	EmbeddedServer server() {
		return this.server;
	}

	private void run() {
		try {
			int port = startFirst();
			supervise(port);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			fail(new EmbeddedProblem(
					"The embedded " + this.server.name() + " could not be started: " + ex.getMessage() + ".",
					"See whether " + this.data.path() + " can be written and has space left.", ex));
		}
		catch (EmbeddedProblem ex) {
			fail(ex);
		}
		catch (RuntimeException ex) {
			this.chosen.completeExceptionally(ex);
			this.started.completeExceptionally(ex);
			throw ex;
		}
	}

	/** Nobody waits any more for a server that was up before. */
	private void fail(EmbeddedProblem problem) {
		this.chosen.completeExceptionally(problem);
		if (!this.started.completeExceptionally(problem) && this.stopping.getCount() > 0) {
			logger.error("{} {}", problem.what(), problem.whatToDo());
		}
	}

	private int startFirst() throws IOException, InterruptedException {
		Path folder = this.data.of(this.server.name());
		awaitFormer(folder);
		this.server.clear(folder);
		if (this.fresh) {
			FileSystemUtils.deleteRecursively(folder);
			Files.createDirectories(folder);
		}
		this.server.prepare(folder);
		this.data.rotateLog(this.server.name());
		while (true) {
			int port = this.ports.choose(this.server.name(), this.settings.port(), this.server.wellKnownPort());
			this.chosen.complete(port);
			long begin = System.nanoTime();
			Process forked = fork(folder, port);
			EmbeddedProblem problem = awaitUp(forked, folder);
			if (problem == null) {
				this.ports.remember(this.server.name(), port, this.server.properties(port));
				Started now = new Started(port, Duration.ofNanos(System.nanoTime() - begin));
				logger.info("{} is up on port {}, after {} s.", this.server.name(), port,
						String.format(Locale.ROOT, "%.1f", now.took().toMillis() / 1000.0));
				this.started.complete(now);
				return port;
			}
			// Somebody else may have taken the port between the choice and the start
			boolean anotherPort = this.stopping.getCount() > 0 && this.settings.port() == null && !Ports.isFree(port);
			if (!anotherPort) {
				throw problem;
			}
		}
	}

	/**
	 * Waits for a server that a killed application has left: it is stopping, and holds
	 * port and folder until it has.
	 */
	private void awaitFormer(Path folder) throws IOException, InterruptedException {
		long end = System.nanoTime() + STOPS_WITHIN.multipliedBy(2).toNanos();
		try (FileChannel channel = FileChannel.open(folder.resolve(Launcher.LOCK), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE)) {
			while (true) {
				FileLock lock = channel.tryLock();
				if (lock != null) {
					lock.release();
					return;
				}
				if (System.nanoTime() > end) {
					throw new EmbeddedProblem(
							"The " + this.server.name() + " of an earlier start still runs on " + folder + ".",
							"End that process (a java with " + Launcher.class.getName() + " " + folder
									+ "), then start again.");
				}
				Thread.sleep(50);
			}
		}
	}

	private synchronized Process fork(Path folder, int port) throws IOException {
		if (this.stopping.getCount() == 0) {
			throw new EmbeddedProblem("The application is stopping.", "Start it again.");
		}
		Files.deleteIfExists(folder.resolve(Launcher.UP));
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(this.server.jvmOptions());
		command.add("-XX:+ExitOnOutOfMemoryError");
		command.add("-Djava.net.preferIPv4Stack=true");
		command.addAll(List.of("-cp", this.classPath, Launcher.class.getName(), folder.toString()));
		command.add(this.server.mainClass());
		command.addAll(this.server.arguments(folder, port));
		ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.data.log(this.server.name()).toFile()));
		builder.environment().keySet().retainAll(ENVIRONMENT);
		Process forked = builder.start();
		this.process = forked;
		return forked;
	}

	/** Waits until the server is up, or says why it is not. */
	private @Nullable EmbeddedProblem awaitUp(Process forked, Path folder) throws InterruptedException {
		Path up = folder.resolve(Launcher.UP);
		long look = System.nanoTime();
		StartPatience patience = new StartPatience(this.server.idlesWithin(), this.server.startsWithin(), look);
		while (!Files.exists(up)) {
			if (forked.waitFor(20, TimeUnit.MILLISECONDS)) {
				return notUp("ended with exit code " + forked.exitValue() + " before it was up",
						"If the log names no cause that you can remove, start again");
			}
			// Seldom: to find its processes takes a look at all there are
			long now = System.nanoTime();
			if (now - look > LOOKS_EVERY.toNanos()) {
				look = now;
				String exhausted = patience.exhausted(now, this.data.logLength(this.server.name()), cpuTime(forked));
				if (exhausted != null) {
					forked.destroyForcibly().waitFor();
					return notUp(exhausted,
							"If the log names no cause that you can remove, this machine may be too busy or short of memory:"
									+ " end other programs, or wait until they are done, and start again");
				}
			}
		}
		return null;
	}

	private EmbeddedProblem notUp(String how, String whatToDo) {
		return new EmbeddedProblem(
				"The embedded " + this.server.name() + " " + how + ". The last lines of its log "
						+ this.data.log(this.server.name()) + ":" + this.data.logTail(this.server.name(), 15),
				whatToDo + "; or use a server of your own with isobar.embedded." + this.server.name()
						+ ".enabled=false.");
	}

	/** What it and the processes that it has started have used. */
	private static Duration cpuTime(Process forked) {
		return Stream.concat(Stream.of(forked.toHandle()), forked.descendants())
			.map((process) -> process.info().totalCpuDuration().orElse(Duration.ZERO))
			.reduce(Duration.ZERO, Duration::plus);
	}

	private void supervise(int port) throws IOException, InterruptedException {
		Path folder = this.data.of(this.server.name());
		Process running = process();
		int attempt = 0;
		long upSince = System.nanoTime();
		while (running != null) {
			int exitCode = running.waitFor();
			if (this.stopping.getCount() == 0) {
				return;
			}
			if (System.nanoTime() - upSince > LONG_LIFE.toNanos()) {
				attempt = 0;
			}
			if (attempt == 0) {
				logger.warn(
						"{} (process {}) ended by itself with exit code {}; starting it again on port {}. Its log: {}",
						this.server.name(), running.pid(), exitCode, port, this.data.log(this.server.name()));
			}
			boolean up = false;
			while (!up) {
				if (attempt == ATTEMPTS) {
					logger.error(
							"{} ended or did not come up {} times in a row and is not started again. See its log {},"
									+ " remove the cause, and restart the application.",
							this.server.name(), attempt, this.data.log(this.server.name()));
					return;
				}
				// At once, then after one pause, two, four …
				Duration pause = (attempt == 0) ? Duration.ZERO
						: this.server.restartPause().multipliedBy(1L << (attempt - 1));
				attempt++;
				if (this.stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
					return;
				}
				try {
					this.server.clear(folder);
					running = fork(folder, port);
					up = awaitUp(running, folder) == null;
				}
				catch (IOException ex) {
					// There may be no memory, no process or no space left for a while
					logger.warn("{} could not be started again ({}).", this.server.name(), ex.getMessage());
				}
			}
			upSince = System.nanoTime();
			logger.info("{} is up again on port {}.", this.server.name(), port);
		}
	}

	private synchronized @Nullable Process process() {
		return this.process;
	}

	/** Asks it to stop, without waiting. */
	void stop() {
		Process running;
		synchronized (this) {
			this.stopping.countDown();
			running = this.process;
		}
		if (running != null) {
			try {
				running.getOutputStream().close();
			}
			catch (IOException ex) {
				running.destroy();
			}
		}
	}

	/** Waits until it has stopped, for a bounded time. */
	void awaitStopped() throws InterruptedException {
		Process running = process();
		if (running != null && !running.waitFor(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
			logger.warn("{} did not stop within {} s and is killed.", this.server.name(), STOPS_WITHIN.toSeconds());
			running.descendants().forEach(ProcessHandle::destroyForcibly);
			running.destroyForcibly().waitFor(1, TimeUnit.SECONDS);
		}
	}

	/**
	 * A server that is up.
	 *
	 * @param port its port on loopback
	 * @param took how long it took to come up
	 */
	record Started(int port, Duration took) {
	}

}
