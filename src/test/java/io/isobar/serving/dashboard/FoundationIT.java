package io.isobar.serving.dashboard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;

import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The frame of all pages, in a browser. */
@Import(BrokenPages.class)
class FoundationIT extends InBrowser {

	private static final String BACKGROUND = "return getComputedStyle(document.body).backgroundColor";

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void aPersonLogsInAndOut(String width) {
		at(width);

		this.browser.open("/login");
		assertFits();
		this.browser.screenshot("login-" + width);
		login("viewer", "reads");
		assertFits();
		this.browser.screenshot("overview-viewer-" + width);
		this.browser.open("/about");
		assertThat(this.browser.find(".user").getDomProperty("textContent")).isEqualTo("viewer");
		assertFits();
		this.browser.screenshot("about-viewer-" + width);

		follow(".who button");
		assertThat(this.browser.address()).isEqualTo("/login?logout");
		assertThat(this.browser.text(".banner")).isEqualTo("You are logged out.");
	}

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void aWrongPasswordIsSaidAndTheNameIsKept(String width) {
		at(width);
		expectStatus(401);

		login("operator", "guessed");

		assertThat(this.browser.text(".banner.bad")).startsWith("User or password is wrong.");
		assertThat(this.browser.find("#username").getDomProperty("value")).isEqualTo("operator");
		assertThat(this.browser.find("#password").getDomProperty("value")).isEmpty();
		assertFits();
		this.browser.screenshot("login-wrong-" + width);
	}

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void whatIsMeasuredNowAndHistoryFitAndSayWhyTheyAreEmpty(String width) {
		at(width);

		this.browser.open("/live");
		assertThat(this.browser.text("h1")).isEqualTo("Live");
		assertFits();
		this.browser.screenshot("live-" + width);
		this.browser.open("/history");
		assertThat(this.browser.text("h1")).isEqualTo("History");
		assertThat(this.browser.text("#months")).contains("launch weather_batch_processing with from and to");
		assertFits();
		this.browser.screenshot("history-" + width);
		this.browser.open("/history?from=2026-05&to=2026-04");
		assertThat(this.browser.text(".error-summary")).contains("The first month is after the last one.");
		assertFits();
	}

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void theDaysAndTheBoundaryFitWhateverTheirTables(String width) {
		at(width);

		this.browser.open("/unified");
		assertThat(this.browser.text("h1")).isEqualTo("Days");
		assertFits();
		this.browser.screenshot("days-" + width);
		this.browser.open("/boundary");
		assertThat(this.browser.text("h1")).isEqualTo("Boundary");
		assertFits();
		this.browser.screenshot("boundary-" + width);
	}

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void theLanguageIsChangedByALinkAndKept(String width) {
		at(width);
		this.browser.open("/about");

		follow(inHeader("[hreflang=fr]", width));

		assertThat(this.browser.text("h1")).isEqualTo("À propos d'isobar");
		assertThat(this.browser.open("/login").text("h1")).isEqualTo("Connexion");
		assertFits();
		this.browser.screenshot("login-fr-" + width);
	}

	@ParameterizedTest
	@ValueSource(strings = { WIDE, NARROW })
	void theThemeIsChangedAtOnceAndKept(String width) {
		at(width);
		this.browser.open("/about");
		Object light = this.browser.run(BACKGROUND);
		this.browser.prefersDark(true);
		assertThat(this.browser.run(BACKGROUND)).isEqualTo("rgb(14, 20, 27)").isNotEqualTo(light);

		this.browser.find(inHeader("[data-theme-choice=light]", width)).click();
		assertThat(this.browser.run(BACKGROUND)).isEqualTo(light);
		assertThat(this.browser.address()).as("without loading anything").isEqualTo("/about");
		this.browser.prefersDark(false);
		this.browser.find(inHeader("[data-theme-choice=dark]", width)).click();
		assertThat(this.browser.run(BACKGROUND)).isEqualTo("rgb(14, 20, 27)");

		this.browser.open("/about");
		assertThat(this.browser.run(BACKGROUND)).isEqualTo("rgb(14, 20, 27)");
		assertThat(this.browser.find("[data-theme-choice=dark]").getDomAttribute("aria-current")).isEqualTo("true");
		this.browser.screenshot("about-dark-" + width);
	}

	/** Where it is seen: in the header, or in its menu, which is opened. */
	private String inHeader(String css, String width) {
		if (width.equals(WIDE)) {
			return ".roomy " + css;
		}
		if (this.browser.find(".menu").getDomAttribute("open") == null) {
			this.browser.find(".menu summary").click();
		}
		return ".menu " + css;
	}

	@ParameterizedTest
	@CsvSource({ "1280,fr", "1280,en", "1000,fr", "900,en", "390,fr" })
	void everyPageIsInReachByKeyboardHoweverNarrowTheWindow(String width, String language) {
		at(width);
		this.browser.open("/about?lang=" + language);
		if (Integer.parseInt(width) < 1000) {
			assertThat(this.browser.find(".sheet").isDisplayed()).isFalse();
			this.browser.find(".menu summary").sendKeys(Keys.ENTER);
		}

		List<WebElement> links = this.browser.driver()
			.findElements(By.cssSelector(".bar nav a"))
			.stream()
			.filter(WebElement::isDisplayed)
			.toList();

		assertThat(links).hasSize(8).allSatisfy((link) -> {
			Rectangle place = link.getRect();
			assertThat(place.getX() + place.getWidth()).isBetween(1, Integer.parseInt(width));
		});
		assertFits();
		this.browser.screenshot("header-" + language + "-" + width);
	}

	@Test
	void theDaysAreAskedForAnewWhenAGenerationBecomesCurrent() {
		this.browser.open("/unified");
		// As where readings come in: the speed layer is off here
		this.browser.driver()
			.executeAsyncScript(
					"""
							const done = arguments[0];
							window.EventSource = class extends EventTarget { static CLOSED = 2; readyState = 1; constructor() { super(); window.told = this; } close() { this.readyState = 2; } };
							const served = document.getElementById('served');
							for (const [name, value] of [['data-events', '/events'], ['hx-get', '/unified'], ['hx-trigger', 'boundary'],
							  ['hx-select', '#served'], ['hx-swap', 'outerHTML']]) {
							  served.setAttribute(name, value);
							}
							htmx.process(served);
							window.before = served;
							const address = document.querySelector('script[type=module]').src.replace('app.js', 'days.js');
							import(address).then(() => done());
							""");

		this.browser.run("told.dispatchEvent(new MessageEvent('boundary', { data: '{\"dataset\":\"orders\"}' }))");
		assertThat(this.browser.run("return before.isConnected")).isEqualTo(true);
		// What is shown already
		this.browser.run("served.dataset.generation = 7;"
				+ " told.dispatchEvent(new MessageEvent('boundary', { data: '{\"dataset\":\"weather\",\"generation\":7}' }))");
		assertThat(this.browser.run("return before.isConnected")).isEqualTo(true);
		this.browser.run(
				"told.dispatchEvent(new MessageEvent('boundary', { data: '{\"dataset\":\"weather\",\"generation\":8}' }))");

		await().untilAsserted(() -> assertThat(this.browser.run("return before.isConnected")).isEqualTo(false));
		assertThat(this.browser.find("#served #days").isDisplayed()).isTrue();

		// After an answer that is no stream a browser tries no more by itself
		this.browser.run("window.first = told; told.readyState = 2; told.dispatchEvent(new Event('error'));"
				+ " document.getElementById('served').addEventListener('boundary', () => window.asked = true)");
		await().atMost(Duration.ofMinutes(1)).until(() -> this.browser.run("return told !== first").equals(true));
		this.browser.run("told.dispatchEvent(new Event('open'))");
		assertThat(this.browser.run("return window.asked")).isEqualTo(true);

		// What nobody looks at gives its connection back after a minute
		this.browser
			.run("window.second = told; window.really = setTimeout; window.setTimeout = (later) => really(later, 0);"
					+ " window.hides = (hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
					+ " document.dispatchEvent(new Event('visibilitychange')); }; hides(true)");
		await().until(() -> this.browser.run("return second.readyState").equals(2L));
		this.browser.run("hides(false)");
		assertThat(this.browser.run("return told !== second")).isEqualTo(true);
	}

	@ParameterizedTest
	@CsvSource({ "/no-such-page,404,There is nothing here", "/cities/broken,500,isobar made a mistake",
			"/cities/down,503,A store does not answer", "/cities/throttled,429,Too many attempts" })
	void anErrorPageFitsAndWorks(String path, int status, String title) {
		for (String width : List.of(WIDE, NARROW)) {
			at(width);
			expectStatus(status);

			this.browser.open(path);

			assertThat(this.browser.text("h1")).isEqualTo(title);
			assertFits();
			this.browser.screenshot("error-" + status + "-" + width);
		}
	}

	@Test
	void whoMayNotIsToldWhichRoleIsNeeded() {
		login("viewer", "reads");
		expectStatus(403);

		this.browser.open("/jobs/dead-letters");

		assertThat(this.browser.text("main")).contains("This needs role operator, and you are logged in as viewer.");
		this.browser.screenshot("error-403-1280");
	}

	@Test
	void theFirstTabLeadsPastTheHeader() {
		this.browser.open("/about");

		this.browser.driver().switchTo().activeElement().sendKeys(Keys.TAB);
		assertThat(this.browser.driver().switchTo().activeElement().getText()).isEqualTo("Skip to the content");
		this.browser.driver().switchTo().activeElement().sendKeys(Keys.ENTER);

		assertThat(this.browser.run("return document.activeElement.id")).isEqualTo("main");
	}

	@ParameterizedTest
	@CsvSource({ "en", "fr" })
	void theBrowserWritesNumbersAsTheServerDoes(String language) {
		Formats formats = FormatsTests.formats(Locale.forLanguageTag(language));
		List<Object[]> numbers = new ArrayList<>();
		List<String> expected = new ArrayList<>();
		for (double value : new double[] { 0, -0.04, 0.05, -7.06, 12.35, 43_800.5, 1_234_567.891, -999.95, 1.005, 2.5,
				62.5, Double.NaN }) {
			for (String unit : List.of("°C", "mm", "km/h", "%", "hPa", "W/m²", "°", "cm", "km", "")) {
				numbers.add(new Object[] { Double.isNaN(value) ? null : value, unit });
				Double number = Double.isNaN(value) ? null : value;
				expected.add(formats.withUnit(number, unit) + " | " + formats.difference(number, unit));
			}
		}
		this.browser.open("/about?lang=" + language);

		Object written = this.browser.driver().executeAsyncScript("""
				const [numbers, done] = arguments;
				const address = document.querySelector('script[type=module]').src.replace('app.js', 'mod/formats.js');
				import(address).then((formats) => done(numbers.map(([value, unit]) =>
				  formats.withUnit(value, unit) + ' | ' + formats.difference(value, unit))));
				""", numbers);

		assertThat(written).isEqualTo(expected);
	}

	@Test
	void theApiIsShownAndMayBeTriedWithoutAnythingFromElsewhere() {
		this.browser.open("/swagger-ui.html");
		await().untilAsserted(() -> assertThat(this.browser.driver().findElements(By.cssSelector(".opblock")))
			.hasSizeGreaterThan(30));
		assertThat(this.browser.address()).startsWith("/swagger-ui/index.html");
		assertThat(this.browser.text(".info .title")).startsWith("isobar");
		this.browser.screenshot("swagger-ui-1280");

		click("#operations-Cities-getCities .opblock-summary-control");
		click("#operations-Cities-getCities .try-out__btn");
		click("#operations-Cities-getCities .execute");

		await().ignoreExceptionsInstanceOf(WebDriverException.class)
			.untilAsserted(() -> assertThat(this.browser.text(".live-responses-table tbody .response-col_status"))
				.startsWith("200"));
		assertThat(this.browser.text(".live-responses-table tbody .response-col_description")).contains("Europe/Paris");
		this.browser.screenshot("swagger-ui-tried-1280");
	}

	/** Clicks on what is shown in a moment. */
	private void click(String css) {
		await().ignoreExceptionsInstanceOf(WebDriverException.class).until(() -> {
			this.browser.find(css).click();
			return true;
		});
	}

}
