package io.isobar.speed;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What is made in InfluxDB 1.8, which has no buckets, before the first write. */
class InfluxStoreTests {

	private final WireMockServer influx = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

	@BeforeEach
	void start() {
		this.influx.start();
		this.influx.stubFor(get(urlPathEqualTo("/ping"))
			.willReturn(aResponse().withStatus(204).withHeader("X-Influxdb-Version", "1.8.10")));
		this.influx.stubFor(any(urlPathEqualTo("/api/v2/write")).willReturn(aResponse().withStatus(204)));
	}

	@AfterEach
	void stop() {
		this.influx.stop();
	}

	@Test
	void aDatabaseIsMadeAndPointsAreWrittenIntoIt() {
		answerQueriesWith(aResponse().withBody("{\"results\":[{\"statement_id\":0}]}"));

		write();

		this.influx.verify(1, postRequestedFor(urlPathEqualTo("/query")).withQueryParam("q",
				equalTo("CREATE DATABASE \"points\" WITH DURATION 2592000s")));
		this.influx.verify(1,
				postRequestedFor(urlPathEqualTo("/api/v2/write")).withQueryParam("bucket", equalTo("points")));
	}

	@Test
	void atTheStartADatabaseIsMadeWhenInfluxDbAnswersThoughThereAreNoPoints() {
		this.influx.stubFor(get(urlPathEqualTo("/ping")).inScenario("start")
			.willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER))
			.willSetStateTo("up"));
		this.influx.stubFor(get(urlPathEqualTo("/ping")).inScenario("start")
			.whenScenarioStateIs("up")
			.willReturn(aResponse().withStatus(204).withHeader("X-Influxdb-Version", "1.8.10")));
		answerQueriesWith(aResponse().withBody("{\"results\":[{\"statement_id\":0}]}"));
		InfluxStore store = store();

		store.prepare();

		await().atMost(Duration.ofMinutes(1))
			.untilAsserted(() -> this.influx.verify(1, postRequestedFor(urlPathEqualTo("/query"))));
		store.destroy();
	}

	@Test
	void aDatabaseThatKeepsPointsForAnotherTimeIsLeftAsItIs() {
		answerQueriesWith(aResponse().withBody(
				"{\"results\":[{\"statement_id\":0,\"error\":\"retention policy conflicts with an existing policy\"}]}"));

		write();

		this.influx.verify(1, postRequestedFor(urlPathEqualTo("/api/v2/write")));
	}

	@Test
	void whereItMayNotBeMadeNothingIsWritten() {
		answerQueriesWith(aResponse().withStatus(403).withBody("{\"error\":\"not authorized\"}"));

		assertThatThrownBy(this::write).hasMessageContaining("can't make the database points")
			.hasMessageContaining("not authorized");
		assertThat(this.influx.getAllServeEvents())
			.noneMatch((each) -> each.getRequest().getUrl().startsWith("/api/v2/write"));
	}

	@Test
	void anAnswerThatBeginsAndDoesNotEndIsGivenUp() {
		this.influx.stubFor(get(urlPathEqualTo("/ping"))
			.willReturn(aResponse().withBody("slowly ".repeat(20)).withChunkedDribbleDelay(100, 20_000)));
		InfluxStore store = store();

		assertThatThrownBy(() -> store.ping(Duration.ofMillis(1500))).hasMessageContaining("does not answer");
	}

	private void answerQueriesWith(ResponseDefinitionBuilder answer) {
		this.influx.stubFor(post(urlPathEqualTo("/query")).willReturn(answer));
	}

	private void write() {
		InfluxStore store = store();
		try {
			store.write(List.of("weather,city=Paris temperature=1.0 1769868000"));
		}
		finally {
			store.destroy();
		}
	}

	private InfluxStore store() {
		URI url = URI.create(this.influx.baseUrl());
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("influx", (InfluxConnectionDetails) () -> url);
		return new InfluxStore(beans.getBeanProvider(InfluxConnectionDetails.class),
				new InfluxSettings(null, null, "lambda_org", "points", Duration.ofDays(30)));
	}

}
