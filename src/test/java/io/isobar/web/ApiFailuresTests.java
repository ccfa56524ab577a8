package io.isobar.web;

import java.io.EOFException;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import jakarta.servlet.RequestDispatcher;
import org.apache.catalina.connector.ClientAbortException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ApiFailuresTests {

	private final Problems problems = new Problems(
			JsonMapper.builder().addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class).build());

	private final ApiFailures failures = new ApiFailures(this.problems);

	private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/views/daily");

	private MockHttpServletResponse response = new MockHttpServletResponse();

	@Test
	void aStoreThatIsDownIsNamedWithWhenToAskAgain() throws Exception {
		DocumentContext problem = answer(new StoreUnavailable("Cassandra", Duration.ofSeconds(30), null));

		assertThat(this.response.getStatus()).isEqualTo(503);
		assertThat(this.response.getHeader("Retry-After")).isEqualTo("30");
		assertThat(this.response.getContentType()).isEqualTo("application/problem+json");
		assertThat(problem.<String>read("$.store")).isEqualTo("Cassandra");
		assertThat(problem.<String>read("$.detail")).startsWith("Cassandra does not answer")
			.endsWith("Ask again in 30 seconds.");
		assertThat(problem.<String>read("$.instance")).isEqualTo("/api/views/daily");
		assertThat(problem.<String>read("$.title")).isEqualTo("Service Unavailable");
	}

	@Test
	void thatPostgresqlIsDownIsNoticed() throws Exception {
		assertThat(answer(new DataAccessResourceFailureException("no connection")).<String>read("$.store"))
			.isEqualTo("PostgreSQL");
		this.response = new MockHttpServletResponse();
		assertThat(answer(new RuntimeException(new SQLException("shutting down", "57P01"))).<Integer>read("$.status"))
			.isEqualTo(503);
	}

	/** As Spring's own helper takes it for; the answer would be empty. */
	@ParameterizedTest
	@MethodSource("connectionsThatEnded")
	void aStoreWhoseConnectionEndsIsNoClientThatHasGone(Exception connection) throws Exception {
		assertThat(answer(new StoreUnavailable("HDFS", connection)).<String>read("$.store")).isEqualTo("HDFS");

		this.response = new MockHttpServletResponse();
		TransactionException failed = new TransactionSystemException("Could not commit JDBC transaction",
				new SQLException("An I/O error occurred while sending to the backend.", "08006", connection));
		assertThat(answer(failed).<String>read("$.store")).isEqualTo("PostgreSQL");
		assertThat(this.response.getStatus()).isEqualTo(503);

		this.response = new MockHttpServletResponse();
		MockHttpServletRequest page = new MockHttpServletRequest("GET", "/history");
		assertThat(this.failures.resolveException(page, this.response, null, failed)).isNotNull();
		assertThat(this.response.getStatus()).isEqualTo(500);
	}

	static Stream<Exception> connectionsThatEnded() {
		return Stream.of(new SocketException("Connection reset by peer"), new SocketException("Broken pipe"),
				new EOFException());
	}

	@Test
	void aClientThatHasGoneIsToldNothing() throws Exception {
		for (Exception gone : List.of(new ClientAbortException(new SocketException("Connection reset by peer")),
				new AsyncRequestNotUsableException("The response is complete."))) {
			this.failures.resolveException(this.request, this.response, null, new IllegalStateException(gone));
			assertThat(this.response.getContentAsString()).isEmpty();
		}
	}

	@Test
	void whatNobodyForesawIsInTheLogAndNotInTheAnswer(CapturedOutput log) throws Exception {
		DocumentContext problem = answer(new IllegalStateException("jdbc:postgresql://db?password=secret"));

		String reference = problem.read("$.reference");
		assertThat(this.response.getStatus()).isEqualTo(500);
		assertThat(problem.jsonString()).doesNotContain("secret");
		assertThat(problem.<String>read("$.detail")).contains(reference);
		assertThat(log).contains(reference);
	}

	@Test
	void whatIsForbiddenIsLeftToTheFilters() {
		assertThat(this.failures.resolveException(this.request, this.response, null, new AccessDeniedException("no")))
			.isNull();
	}

	@Test
	void pagesAreLeftToTheErrorPages() {
		MockHttpServletRequest page = new MockHttpServletRequest("GET", "/history");

		assertThat(this.failures.resolveException(page, this.response, null, new IllegalStateException())).isNull();
	}

	@Test
	void anAnswerThatHasBegunIsNotSpoilt() throws Exception {
		this.response.getWriter().write("city,date");
		this.response.flushBuffer();

		this.failures.resolveException(this.request, this.response, null, new StoreUnavailable("Cassandra", null));

		assertThat(this.response.getContentAsString()).isEqualTo("city,date");
	}

	@Test
	void whileAnErrorIsDispatchedTheRequestIsTheOneThatFailed() {
		MockHttpServletRequest dispatched = new MockHttpServletRequest("GET", "/error");
		dispatched.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, "/api/cities");

		assertThat(Problems.isForProgram(dispatched)).isTrue();
		assertThat(Problems.instance(dispatched)).hasToString("/api/cities");
		assertThat(Problems.isForProgram(new MockHttpServletRequest("GET", "/apis"))).isFalse();
	}

	@Test
	void aLongValueIsSaidBackShortened() {
		assertThat(Problems.echo("x".repeat(1000))).hasSize(61).endsWith("…");
		assertThat(Problems.badParameter("city", "is missing.").getBody().getStatus())
			.isEqualTo(HttpStatus.BAD_REQUEST.value());
	}

	private DocumentContext answer(Exception ex) throws Exception {
		this.failures.resolveException(this.request, this.response, null, ex);
		return JsonPath.parse(this.response.getContentAsString());
	}

}
