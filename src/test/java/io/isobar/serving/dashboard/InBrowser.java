package io.isobar.serving.dashboard;

import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.openqa.selenium.WebDriverException;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests of pages in a real browser, skipped where there is none. Each ends with a look at
 * the console: what has gone wrong in a page and isn't expected fails the test.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "isobar.viewer.password=reads",
		"isobar.operator.password=acts", "isobar.admin.password=deletes" })
public abstract class InBrowser {

	/** Widths to look at: a desk and a phone. */
	public static final String WIDE = "1280";

	public static final String NARROW = "390";

	@LocalServerPort
	private int port;

	protected Browser browser;

	private String expected = "";

	@BeforeEach
	void begin() {
		Optional<Browser> found = Browser.find();
		assumeTrue(found.isPresent(), "no browser");
		this.browser = found.orElseThrow();
		at(WIDE);
	}

	/** Begins anew at a width in pixels. */
	protected void at(String width) {
		this.browser.begin(this.port, Integer.parseInt(width));
	}

	/** The browser tells of an answer with that status, and should. */
	protected void expectStatus(int status) {
		this.expected = "status of " + status;
	}

	protected void login(String user, String password) {
		this.browser.open("/login");
		this.browser.find("#username").sendKeys(user);
		this.browser.find("#password").sendKeys(password);
		follow("main button");
	}

	/** Clicks on what leads to another page, and waits for that. */
	protected void follow(String css) {
		this.browser.run("document.documentElement.dataset.left = ''");
		this.browser.find(css).click();
		await().ignoreExceptionsInstanceOf(WebDriverException.class)
			.until(() -> Boolean.TRUE.equals(this.browser
				.run("return document.readyState === 'complete' && !('left' in document.documentElement.dataset)")));
	}

	/**
	 * Nothing is wider than the window, which a phone would show as a page that slides.
	 */
	protected void assertFits() {
		assertThat(this.browser.run("return document.documentElement.scrollWidth - innerWidth"))
			.as("pixels that stand out")
			.isEqualTo(0L);
	}

	@AfterEach
	void nothingWentWrong() {
		if (this.browser != null) {
			assertThat(this.browser.problems())
				.filteredOn((problem) -> this.expected.isEmpty() || !problem.contains(this.expected))
				.isEmpty();
		}
	}

}
