package io.isobar.serving.dashboard;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;

import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The chromium of this machine, without a window; one for all tests of a JVM. It takes
 * note of what its console says, where violations of the policy are told too.
 */
public final class Browser {

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	private static Browser shared;

	private final ChromeDriver driver;

	private String root = "";

	private Browser(File chromium, File chromedriver) {
		ChromeOptions options = new ChromeOptions().setBinary(chromium)
			.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
					"--disable-background-networking", "--disable-component-update", "--disable-sync",
					"--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en")
			.setExperimentalOption("prefs", Map.of("intl.accept_languages", "en"));
		LoggingPreferences logging = new LoggingPreferences();
		logging.enable(LogType.BROWSER, Level.ALL);
		options.setCapability("goog:loggingPrefs", logging);
		this.driver = new ChromeDriver(
				new ChromeDriverService.Builder().usingDriverExecutable(chromedriver).usingAnyFreePort().build(),
				options);
		Runtime.getRuntime().addShutdownHook(new Thread(this.driver::quit));
	}

	/** The browser, or a reason, printed once, why there is none. */
	public static synchronized Optional<Browser> find() {
		if (shared == null) {
			Optional<File> chromium = onPath("chromium");
			Optional<File> chromedriver = onPath("chromedriver");
			if (chromium.isEmpty() || chromedriver.isEmpty()) {
				System.out.println("Skipped: tests in a browser need chromium and chromedriver on the PATH "
						+ "(Debian: apt-get install chromium chromium-driver).");
				return Optional.empty();
			}
			shared = new Browser(chromium.get(), chromedriver.get());
		}
		return Optional.of(shared);
	}

	private static Optional<File> onPath(String program) {
		return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
			.map((folder) -> new File(folder, program))
			.filter(File::canExecute)
			.findFirst();
	}

	/** Begins anew: without cookies and notes, at an application and a width. */
	public void begin(int port, int width) {
		this.root = "http://localhost:" + port;
		this.driver.get("about:blank");
		this.driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", 844, "deviceScaleFactor", 1, "mobile", false));
		prefersDark(false);
		problems();
	}

	/** What the system under the browser prefers. */
	public void prefersDark(boolean dark) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features",
				List.of(Map.of("name", "prefers-color-scheme", "value", (dark) ? "dark" : "light"))));
	}

	public Browser open(String path) {
		this.driver.get(this.root + path);
		return this;
	}

	public ChromeDriver driver() {
		return this.driver;
	}

	public WebElement find(String css) {
		return this.driver.findElement(By.cssSelector(css));
	}

	public String text(String css) {
		return find(css).getText();
	}

	/** Path and parameters of the page that is shown. */
	public String address() {
		return String.valueOf(this.driver.getCurrentUrl()).substring(this.root.length());
	}

	/** Runs a script in the page and gives what it returns. */
	public Object run(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	/** What has gone wrong in the page since the last look: errors and violations. */
	public List<String> problems() {
		List<String> problems = new ArrayList<>();
		for (LogEntry entry : this.driver.manage().logs().get(LogType.BROWSER)) {
			if (entry.getLevel().intValue() >= Level.SEVERE.intValue()
					|| entry.getMessage().contains("Content Security Policy")) {
				problems.add(entry.getMessage());
			}
		}
		return problems;
	}

	/** The whole page, as {@code target/screenshots/<name>.png}. */
	public void screenshot(String name) {
		Map<String, Object> shot = this.driver.executeCdpCommand("Page.captureScreenshot",
				Map.of("format", "png", "captureBeyondViewport", true));
		try {
			Files.createDirectories(SCREENSHOTS);
			Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode((String) shot.get("data")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
