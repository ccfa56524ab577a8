package io.isobar.operations;

import java.io.IOException;
import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Asks a running application, without following redirects. */
public final class Http {

	private final String root;

	private final HttpClient client;

	private Http(int port, HttpClient client) {
		this.root = "http://localhost:" + port;
		this.client = client;
	}

	/** A program, which keeps no cookies. */
	public static Http program(int port) {
		return new Http(port, HttpClient.newHttpClient());
	}

	/** Like a browser, which keeps cookies. */
	public static Http browser(int port) {
		return new Http(port, HttpClient.newBuilder().cookieHandler(new CookieManager()).build());
	}

	public static String basic(String user, String password) {
		return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Asks, and reads no further than a stream of events begins.
	 * @param headers names and values in turn
	 */
	public Answer ask(String method, String path, String... headers) {
		return send(method, path, "", headers);
	}

	public Answer send(String method, String path, String body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.root + path))
			.method(method, (body.isEmpty()) ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		try {
			HttpResponse<InputStream> response = this.client.send(request.build(), BodyHandlers.ofInputStream());
			try (InputStream content = response.body()) {
				boolean endless = response.headers()
					.firstValue("Content-Type")
					.filter((type) -> type.startsWith("text/event-stream"))
					.isPresent();
				return new Answer(response.statusCode(),
						(endless) ? "" : new String(content.readAllBytes(), StandardCharsets.UTF_8), response);
			}
		}
		catch (IOException ex) {
			throw new AssertionError(method + " " + path, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	public record Answer(int status, String body, HttpResponse<?> response) {

		public String header(String name) {
			return this.response.headers().firstValue(name).orElse("");
		}

		public Optional<String> cookie(String name) {
			return this.response.headers()
				.allValues("Set-Cookie")
				.stream()
				.filter((cookie) -> cookie.startsWith(name + "="))
				.findFirst();
		}

	}

}
