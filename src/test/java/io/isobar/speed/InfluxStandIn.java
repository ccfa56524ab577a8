package io.isobar.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.isobar.embedded.EmbeddedStores;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What stands in for InfluxDB, asked by SQL as it is told by its own console. */
final class InfluxStandIn {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private InfluxStandIn() {
	}

	/** The rows of an answer, by the names of its columns. */
	static List<Map<String, JsonNode>> rows(String sql) {
		JsonNode answer = JsonMapper.shared().readTree(ask(sql));
		List<Map<String, JsonNode>> rows = new ArrayList<>();
		for (JsonNode values : answer.get("dataset")) {
			Map<String, JsonNode> row = new LinkedHashMap<>();
			for (JsonNode column : answer.get("columns")) {
				row.put(column.get("name").asString(), values.get(row.size()));
			}
			rows.add(row);
		}
		return rows;
	}

	private static String ask(String sql) {
		URI query = URI
			.create(EmbeddedStores.influxdb() + "/exec?query=" + URLEncoder.encode(sql, StandardCharsets.UTF_8));
		try {
			return CLIENT
				.send(HttpRequest.newBuilder(query).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString())
				.body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
