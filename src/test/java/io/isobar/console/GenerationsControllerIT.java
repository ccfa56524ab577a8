package io.isobar.console;

import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Generations, for programs; in the context of {@link JobsControllerIT}. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.embedded.database=console", "isobar.jobs.delay=PT0.01S" })
@Import(ToyJobs.class)
class GenerationsControllerIT {

	private static final String GENERATIONS = "/api/batch/generations";

	@Autowired
	private JdbcClient jdbc;

	private RestTestClient http;

	private int retired;

	private int first;

	private int second;

	private int attempt;

	@BeforeEach
	void twoAreKept(@LocalServerPort int port) {
		this.http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
		List.of("publishing_hold", "current_generation", "generation", "closed_days")
			.forEach((table) -> this.jdbc.sql("delete from " + table).update());
		this.retired = generation("now()", "now()");
		this.first = generation("timestamptz '2026-11-20T02:07:00Z'", "null");
		this.second = generation("timestamptz '2026-11-21T02:07:00Z'", "null");
		this.attempt = generation("null", "null");
		this.jdbc.sql("insert into current_generation values ('weather', ?)").param(this.second).update();
		this.jdbc.sql("insert into closed_days values ('Paris', '{[2026-11-01,2026-11-21)}', ?)")
			.param(this.second)
			.update();
	}

	private int generation(String publishedAt, String retiredAt) {
		return this.jdbc.sql("""
				insert into generation (dataset, job_execution_id, readings_version, state_versions, definition,
				  code_version, readings, cities, published_at, retired_at, durations)
				values ('weather', 7, 1, '{}', 'd', '1.0.0', 43800, 5, %s, %s, '{"analyse":48000}')
				returning generation""".formatted(publishedAt, retiredAt)).query(Integer.class).single();
	}

	@Test
	void theKeptOnesAreListedNewestFirst() {
		DocumentContext list = JsonPath.parse(get("").getResponseBody());

		assertThat(list.<List<Integer>>read("$[*].generation")).containsExactly(this.second, this.first);
		assertThat(list.<Map<String, Object>>read("$[0]")).containsEntry("dataset", "weather")
			.containsEntry("jobExecutionId", 7)
			.containsEntry("publishedAt", "2026-11-21T02:07:00Z")
			.containsEntry("current", true)
			.containsEntry("readings", 43800)
			.containsEntry("cities", 5)
			.containsEntry("boundary", "2026-11-21")
			.containsEntry("codeVersion", "1.0.0")
			.containsEntry("durations", Map.of("analyse", "PT48S"));
		assertThat(list.<Object>read("$[1].boundary")).isNull();
	}

	@Test
	void oneGoesBackAndScheduledRunsAreHeldUntilReleased() {
		EntityExchangeResult<String> back = put("/" + this.first + "?current=true");

		assertThat(back.getStatus().value()).isEqualTo(200);
		assertThat(JsonPath.parse(back.getResponseBody()).<Boolean>read("$.current")).isTrue();
		assertThat(JsonPath.parse(get("").getResponseBody()).<List<Boolean>>read("$[*].current")).containsExactly(false,
				true);
		assertThat(JsonPath.parse(get("/holds").getResponseBody()).<Map<String, Object>>read("$[0]"))
			.containsEntry("dataset", "weather")
			.containsEntry("by", "anonymous")
			.containsEntry("from", this.second)
			.containsEntry("to", this.first)
			.containsKey("since");

		EntityExchangeResult<String> released = put("/holds/weather?release=true");

		assertThat(released.getStatus().value()).isEqualTo(200);
		assertThat(released.getResponseBody()).isEqualTo("[]");
	}

	@Test
	void whatCannotBeMadeCurrentIsRefusedWithItsReason() {
		assertRefused("/" + this.retired + "?current=true", 409, "Generation " + this.retired
				+ " is no longer kept: isobar keeps the newest 7 (isobar.batch.generations). Choose one of the list of generations.");
		assertRefused("/" + this.attempt + "?current=true", 422,
				"Generation " + this.attempt + " was never published: its run has not come to its end, or publishing "
						+ "was held. Choose one of the list of generations, or launch the job again.");
		assertRefused("/999999?current=true", 404,
				"There is no generation 999999. The list of generations has those that are kept.");
		assertThat(JsonPath.parse(get("").getResponseBody()).<Boolean>read("$[0].current")).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "/1?current=false | 400 | current: only true is possible", "/1 | 400 | current",
					"/holds/weather?release=false | 400 | release: only true is possible",
					"/holds/moon?release=true | 404 | There is no dataset moon. Possible: weather, orders." })
	void whatMakesNoSenseIsNamed(String address, int status, String sentence) {
		EntityExchangeResult<String> answer = put(address);

		assertThat(answer.getStatus().value()).isEqualTo(status);
		assertThat(JsonPath.parse(answer.getResponseBody()).<String>read("$.detail")).contains(sentence);
	}

	private void assertRefused(String address, int status, String sentence) {
		EntityExchangeResult<String> answer = put(address);
		assertThat(answer.getStatus().value()).isEqualTo(status);
		assertThat(answer.getResponseHeaders().getContentType()).hasToString("application/problem+json");
		assertThat(JsonPath.parse(answer.getResponseBody()).<String>read("$.detail")).isEqualTo(sentence);
	}

	private EntityExchangeResult<String> get(String rest) {
		return this.http.get().uri(GENERATIONS + rest).exchange().returnResult(String.class);
	}

	private EntityExchangeResult<String> put(String rest) {
		return this.http.method(HttpMethod.PUT).uri(GENERATIONS + rest).exchange().returnResult(String.class);
	}

}
