package io.isobar.serving.dashboard;

import java.util.Objects;

import jakarta.servlet.RequestDispatcher;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.ModelAndView;

import static org.assertj.core.api.Assertions.assertThat;

class FrameInterceptorTests {

	@ParameterizedTest
	@CsvSource({ "//evil.example/, /evil.example/?lang=fr", "///evil.example, /evil.example?lang=fr",
			"/jobs//7, /jobs//7?lang=fr" })
	void aLinkOfAnErrorPageStaysOnItsHost(String asked, String link) {
		MockHttpServletRequest request = new MockHttpServletRequest("GET", "/error");
		request.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, asked);
		ModelAndView page = new ModelAndView("error");

		new FrameInterceptor(FormatsTests.messages()).postHandle(request, new MockHttpServletResponse(), this, page);

		Frame frame = (Frame) Objects.requireNonNull(page.getModel().get("frame"));
		assertThat(frame.with(FrameInterceptor.LANGUAGE, "fr")).isEqualTo(link);
	}

}
