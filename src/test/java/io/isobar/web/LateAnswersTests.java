package io.isobar.web;

import java.util.ArrayList;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LateAnswersTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final List<String> done = new ArrayList<>();

	@Test
	void anAnswerBeginsWhenAllFiltersHaveLeftTheResponse() throws Exception {
		pass((request, response) -> {
			LateAnswers.begin(request, () -> this.done.add("answers"));
			this.done.add("adds headers");
		});

		assertThat(this.done).containsExactly("adds headers", "answers");
	}

	@Test
	void itBeginsOnce() throws Exception {
		pass((request, response) -> LateAnswers.begin(request, () -> this.done.add("answers")));
		// As when a request is dispatched once more
		pass((request, response) -> this.done.add("is dispatched"));

		assertThat(this.done).containsExactly("answers", "is dispatched");
	}

	@Test
	void itBeginsAlsoWhereAFilterFailsSoThatWhatItHoldsIsGivenBack() {
		assertThatExceptionOfType(ServletException.class).isThrownBy(() -> pass((request, response) -> {
			LateAnswers.begin(request, () -> this.done.add("answers"));
			throw new ServletException("fails");
		}));

		assertThat(this.done).containsExactly("answers");
	}

	private void pass(FilterChain filters) throws Exception {
		new LateAnswers().doFilter(this.request, new MockHttpServletResponse(), filters);
	}

}
