package io.isobar.serving.dashboard;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.viewer.password=reads", "isobar.operator.password=acts",
				"isobar.admin.password=deletes" })
@Import(BrokenPages.class)
@ExtendWith(OutputCaptureExtension.class)
class PagesIT {

	@LocalServerPort
	private int port;

	private Http browser;

	@BeforeEach
	void browser() {
		this.browser = Http.browser(this.port);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "fr-CH, fr;q=0.9, en;q=0.8 | fr", "de, fr;q=0.5 | fr", "de | en", "en-GB | en" })
	void aPageSpeaksTheLanguageThatTheBrowserPrefers(String preferred, String language) {
		Answer answer = page("/about", "Accept-Language", preferred);

		assertThat(answer.body()).contains("<html lang=\"" + language + "\"");
		assertThat(answer.header("Content-Language")).isEqualTo(language);
	}

	@Test
	void theLanguageThatWasChosenIsKept() {
		assertThat(page("/about").body()).contains("About isobar");

		assertThat(page("/about?lang=fr").body()).contains("À propos d&#39;isobar");

		assertThat(page("/about", "Accept-Language", "en").body()).contains("À propos d&#39;isobar");
		assertThat(page("/about?lang=xx").body()).contains("À propos d&#39;isobar");
	}

	@Test
	void theThemeThatWasChosenIsKept() {
		assertThat(page("/about").body()).contains("data-theme=\"system\"");

		assertThat(page("/about?theme=dark").body()).contains("data-theme=\"dark\"");

		assertThat(page("/login").body()).contains("data-theme=\"dark\"");
		assertThat(page("/about?theme=pink").body()).contains("data-theme=\"dark\"");
	}

	@Test
	void whoOnlyReadsGetsNoSession() {
		assertThat(page("/about").cookie("JSESSIONID")).isEmpty();
		assertThat(page("/no-such-page").cookie("JSESSIONID")).isEmpty();
	}

	@Test
	void stylesAndScriptsHaveAnAddressThatChangesWithThem() {
		String page = page("/about").body();

		String style = found(page, "href=\"(/css/app-[0-9a-f]{32}\\.css)\"");
		String script = found(page, "src=\"(/[0-9a-f]{10}/js/app\\.js)\"");

		for (String address : List.of(style, script, script.replace("app.js", "mod/formats.js"))) {
			Answer answer = page(address);
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.header("Cache-Control")).isEqualTo("max-age=31536000");
		}
	}

	@Test
	void htmxIsAtHand() {
		assertThat(page("/webjars/htmx.org/2.0.10/dist/htmx.min.js").status()).isEqualTo(200);
	}

	@Test
	void pagesAreSentCompressed() {
		assertThat(page("/about", "Accept-Encoding", "gzip").header("Content-Encoding")).isEqualTo("gzip");
	}

	@ParameterizedTest
	@CsvSource({ "/no-such-page,404,There is nothing here", "/cities/broken,500,isobar made a mistake",
			"/cities/down,503,A store does not answer", "/cities/throttled,429,Too many attempts",
			"/cities/teapot,418,can&#39;t be answered" })
	void anErrorIsToldWithAReferenceThatTheLogHasToo(String path, int status, String title, CapturedOutput output) {
		Answer answer = page(path);

		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.header("Content-Type")).startsWith("text/html");
		assertThat(answer.body()).contains(title).doesNotContain("Exception", "secret");
		String reference = found(answer.body(), "Reference ([0-9a-f]{8}) · status " + status);
		assertThat(output.getOut().lines().filter((line) -> line.contains(reference))).hasSize(1);
	}

	@Test
	void aStoreThatIsDownIsNamedWithWhenToAskAgain() {
		Answer answer = page("/cities/down");

		assertThat(answer.body()).contains("Cassandra does not answer");
		assertThat(answer.header("Retry-After")).isEqualTo("30");
	}

	@Test
	void whoWantsNoPageGetsAProblemDetail() {
		Answer answer = this.browser.ask("GET", "/no-such-page", "Accept", "*/*");

		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
		assertThat(answer.body()).contains("\"detail\":\"There is nothing at /no-such-page.");
	}

	@Test
	void anErrorKeepsItsAddressWhenTheLanguageIsChanged() {
		assertThat(page("/no-such-page?a=b").body()).contains("href=\"/no-such-page?a=b&amp;lang=fr\"");
		assertThat(page("/no-such-page?a=b&lang=fr").body()).contains("Il n&#39;y a rien ici");
	}

	private Answer page(String path, String... headers) {
		String[] all = new String[headers.length + 2];
		System.arraycopy(headers, 0, all, 0, headers.length);
		all[headers.length] = "Accept";
		all[headers.length + 1] = "text/html,*/*";
		return this.browser.ask("GET", path, all);
	}

	private static String found(String text, String pattern) {
		Matcher matcher = Pattern.compile(pattern).matcher(text);
		assertThat(matcher.find()).as(pattern + " in " + text).isTrue();
		return matcher.group(1);
	}

}
