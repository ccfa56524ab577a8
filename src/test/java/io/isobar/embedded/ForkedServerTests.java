package io.isobar.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.env.MockEnvironment;

import io.isobar.embedded.EmbeddedSettings.ServerSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class ForkedServerTests {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final long SECOND = 1_000_000_000;

	@TempDir
	private Path temp;

	private Path folder;

	private EmbeddedServers servers;

	private Duration idlesWithin = Duration.ofMinutes(1);

	/** So often it can't be started. */
	private final AtomicInteger failures = new AtomicInteger();

	@BeforeEach
	void begin() throws IOException {
		// The class path of the server: its one class, in place of jars
		Path home = Files.createDirectories(this.temp.resolve("home/tiny-1"));
		Files.createFile(home.resolve("complete"));
		try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(home.resolve("tiny.jar")))) {
			jar.putNextEntry(new JarEntry(TinyServer.class.getName().replace('.', '/') + ".class"));
			try (InputStream classFile = TinyServer.class.getResourceAsStream("TinyServer.class")) {
				classFile.transferTo(jar);
			}
		}
		this.folder = this.temp.resolve("data/tiny");
		this.servers = EmbeddedServers
			.of(new MockEnvironment().withProperty("isobar.data-dir", this.temp.resolve("data").toString())
				.withProperty("isobar.embedded.home", this.temp.resolve("home").toString()));
	}

	@AfterEach
	void end() {
		this.servers.close();
	}

	@Test
	void aServerIsForkedWithNothingOfTheEnvironmentThatIsNotItsBusiness() throws IOException {
		start();

		assertThat(Files.readAllLines(this.folder.resolve("environment"))).contains("PATH")
			.isSubsetOf("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR");
	}

	@Test
	void aServerThatIsStoppedStopsCleanlyAndLeavesNothing() throws IOException {
		start();
		ProcessHandle process = process();

		this.servers.close();

		assertThat(process.isAlive()).isFalse();
		assertThat(log()).endsWith("tiny server stops\n");
	}

	@Test
	void aServerThatDiesIsStartedAgainOnItsPortWithOneSentence(CapturedOutput output) throws IOException {
		int port = start().await().port();
		ProcessHandle killed = process();

		killed.destroyForcibly();

		await().atMost(PATIENCE).ignoreExceptions().until(() -> process().pid() != killed.pid());
		assertThat(Ports.isFree(port)).isFalse();
		assertThat(output).containsOnlyOnce("tiny (process " + killed.pid() + ") ended by itself with exit code 137");
	}

	@Test
	void whereItCannotBeStartedAtOnceItIsTriedAgain(CapturedOutput output) throws IOException {
		start().await();
		ProcessHandle killed = process();
		this.failures.set(2);

		killed.destroyForcibly();

		await().atMost(PATIENCE).ignoreExceptions().until(() -> process().pid() != killed.pid());
		assertThat(output).contains("tiny could not be started again (no memory)");
	}

	@Test
	void aServerThatDiesAgainAndAgainIsGivenUpWithASentence(CapturedOutput output) throws IOException {
		start();
		Files.createFile(this.folder.resolve("broken"));

		process().destroyForcibly();

		await().atMost(PATIENCE)
			.until(() -> output.toString().contains("tiny ended or did not come up 6 times in a row"));
		assertThat(output).containsOnlyOnce("ended by itself");
		assertThat(log().split("it is broken")).hasSize(7);
	}

	@Test
	void aServerThatDoesNotComeUpIsAProblemWithTheEndOfItsLog() throws IOException {
		Files.createDirectories(this.folder);
		Files.createFile(this.folder.resolve("broken"));

		ForkedServer server = start();

		assertThatThrownBy(server::await).isInstanceOfSatisfying(EmbeddedProblem.class, (problem) -> {
			assertThat(problem.what()).contains("The embedded tiny ended with exit code 1 before it was up")
				.contains("it is broken");
			assertThat(problem.whatToDo()).contains("isobar.embedded.tiny.enabled=false");
		});
	}

	@Test
	void aServerThatDoesNotGetOnIsAProblemAndIsEnded() throws IOException {
		Files.createDirectories(this.folder);
		Files.createFile(this.folder.resolve("idle"));
		this.idlesWithin = Duration.ofSeconds(2);

		ForkedServer server = start();

		assertThatThrownBy(server::await).isInstanceOfSatisfying(EmbeddedProblem.class, (problem) -> {
			assertThat(problem.what()).matches(
					"(?s)The embedded tiny was not up after \\d+ s, and did nothing for the last \\d+ s: its log did not"
							+ " grow, and it used hardly any CPU time\\. The last lines of its log .*tiny server starts");
			assertThat(problem.whatToDo()).contains("this machine may be too busy or short of memory",
					"isobar.embedded.tiny.enabled=false");
		});
		assertThat(ProcessHandle.current().children().map((child) -> child.info().commandLine().orElse("")))
			.noneMatch((command) -> command.contains(this.folder.toString()));
	}

	@Test
	void aServerWhoseLogGrowsIsWaitedForLongerThanAnIdleOne(CapturedOutput output) throws IOException {
		Files.createDirectories(this.folder);
		Path busy = Files.createFile(this.folder.resolve("busy"));
		this.idlesWithin = Duration.ofSeconds(3);
		// As many lines as it writes in twice that time
		Thread end = new Thread(() -> await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
			assertThat(log().split("is busy")).hasSizeGreaterThan(60);
			Files.delete(busy);
		}));
		end.start();

		int port = start().await().port();

		assertThat(Ports.isFree(port)).isFalse();
		assertThat(output).containsOnlyOnce("tiny is up on port " + port + ", after ");
	}

	@Test
	void whoWorksIsWaitedForUntilTheWholeTimeIsOver() {
		StartPatience patience = new StartPatience(Duration.ofSeconds(10), Duration.ofSeconds(60), 0);

		for (int second = 1; second <= 60; second++) {
			// It says nothing, and works now and then
			assertThat(patience.exhausted(second * SECOND, 100, Duration.ofMillis(second / 9 * 600L))).isNull();
		}

		assertThat(patience.exhausted(61 * SECOND, 101, Duration.ofSeconds(9))).isEqualTo("was not up after 61 s");
	}

	@Test
	void whoHardlyWorksAndSaysNothingIsGivenUp() {
		StartPatience patience = new StartPatience(Duration.ofSeconds(10), Duration.ofSeconds(60), 0);
		assertThat(patience.exhausted(SECOND, 100, Duration.ofSeconds(3))).isNull();

		for (int second = 2; second <= 11; second++) {
			assertThat(patience.exhausted(second * SECOND, 100, Duration.ofMillis(3000 + second * 10L))).isNull();
		}

		assertThat(patience.exhausted(12 * SECOND, 100, Duration.ofMillis(3120)))
			.startsWith("was not up after 12 s, and did nothing for the last 11 s");
	}

	@Test
	void theEndOfOneOfItsProcessesIsProgress() {
		StartPatience patience = new StartPatience(Duration.ofSeconds(10), Duration.ofSeconds(60), 0);
		assertThat(patience.exhausted(SECOND, 100, Duration.ofSeconds(3))).isNull();

		assertThat(patience.exhausted(10 * SECOND, 100, Duration.ofSeconds(1))).isNull();

		assertThat(patience.exhausted(20 * SECOND, 100, Duration.ofSeconds(1))).isNull();
		assertThat(patience.exhausted(21 * SECOND, 100, Duration.ofSeconds(1))).isNotNull();
	}

	@Test
	void controlCInTheTerminalLeavesItToTheApplicationToStopItsServers() throws Exception {
		start();
		Path status = Path.of("/proc/" + process().pid() + "/status");
		assumeThat(status).exists();

		String ignored = Files.readAllLines(status)
			.stream()
			.filter((line) -> line.startsWith("SigIgn:"))
			.findFirst()
			.orElseThrow();

		// The lowest two bits: HUP and INT
		assertThat(Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & 3).isEqualTo(3);
	}

	private ForkedServer start() {
		ForkedServer server = this.servers.start(new Tiny(), new ServerSettings(true, 0, "1"));
		try {
			server.await();
		}
		catch (EmbeddedProblem ex) {
			// The test asks again
		}
		return server;
	}

	private ProcessHandle process() {
		// The file is there a moment before its content
		String number = await().ignoreExceptions()
			.until(() -> Files.readString(this.folder.resolve("up")), (text) -> !text.isEmpty());
		return ProcessHandle.of(Long.parseLong(number)).orElseThrow();
	}

	private String log() throws IOException {
		return Files.readString(this.temp.resolve("data/logs/tiny.log"));
	}

	private final class Tiny implements EmbeddedServer {

		@Override
		public String name() {
			return "tiny";
		}

		@Override
		public String purpose() {
			return "tests";
		}

		@Override
		public int wellKnownPort() {
			return 1;
		}

		@Override
		public String mainClass() {
			return TinyServer.class.getName();
		}

		@Override
		public List<String> jvmOptions() {
			return List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
		}

		@Override
		public List<String> arguments(Path folder, int port) {
			return List.of(folder.toString(), Integer.toString(port));
		}

		@Override
		public String address(int port) {
			return "tiny:" + port;
		}

		@Override
		public void clear(Path folder) throws IOException {
			if (ForkedServerTests.this.failures.getAndDecrement() > 0) {
				throw new IOException("no memory");
			}
		}

		@Override
		public Duration idlesWithin() {
			return ForkedServerTests.this.idlesWithin;
		}

		@Override
		public Duration restartPause() {
			return Duration.ofMillis(10);
		}

		@Override
		public Map<String, String> properties(int port) {
			return Map.of();
		}

	}

}
