package io.isobar.provider;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A stand-in for Visual Crossing's Timeline service that speaks its protocol over HTTP:
 * it answers any past days of any place in the zone of Paris with invented hours, or with
 * what the test puts in its way.
 */
public final class TimelineServer implements AutoCloseable {

	/** Another answer than the usual one. */
	public record Answer(int status, String contentType, String body) {
	}

	private static final ZoneId ZONE = ZoneId.of("Europe/Paris");

	private final HttpServer server;

	/** What was asked, as {@code latitude,longitude/from/to}. */
	private final List<String> asked = new CopyOnWriteArrayList<>();

	private volatile Function<String, Optional<Answer>> instead = (question) -> Optional.empty();

	public TimelineServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	public String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	public List<String> asked() {
		return List.copyOf(this.asked);
	}

	/** Forgets what was asked. */
	public void forget() {
		this.asked.clear();
	}

	/** From now on this is answered to questions for which it is there. */
	public void instead(Function<String, Optional<Answer>> answer) {
		this.instead = answer;
	}

	private void answer(HttpExchange exchange) throws IOException {
		URI uri = exchange.getRequestURI();
		String question = uri.getPath().substring(uri.getPath().indexOf("/timeline/") + "/timeline/".length());
		this.asked.add(question);
		Answer answer = this.instead.apply(question)
			.orElseGet(() -> new Answer(200, "application/json", days(question)));
		byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", answer.contentType());
		exchange.sendResponseHeaders(answer.status(), body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	private static String days(String question) {
		String[] parts = question.split("/");
		String[] place = parts[0].split(",");
		LocalDate from = LocalDate.parse(parts[1]);
		LocalDate to = LocalDate.parse(parts[2]);
		String days = from.datesUntil(to.plusDays(1)).map(TimelineServer::day).collect(Collectors.joining(","));
		return """
				{"queryCost":%d,"latitude":%s,"longitude":%s,"resolvedAddress":"somewhere","address":"%s",
				 "timezone":"%s","tzoffset":1.0,"days":[%s]}""".formatted(24 * from.datesUntil(to.plusDays(1)).count(),
				place[0], place[1], parts[0], ZONE, days);
	}

	private static String day(LocalDate day) {
		List<String> hours = new ArrayList<>();
		long end = day.plusDays(1).atStartOfDay(ZONE).toEpochSecond();
		for (long second = day.atStartOfDay(ZONE).toEpochSecond(); second < end; second += 3600) {
			double hour = (second / 3600) % 24;
			hours.add("""
					{"datetime":"00:00:00","datetimeEpoch":%d,"temp":%s,"humidity":%s,"precip":0.0,"windspeed":%s,
					 "pressure":1013.0,"source":"obs"}""".formatted(second, 10 + hour / 2, 80 - hour, 5 + hour));
		}
		return """
				{"datetime":"%s","datetimeEpoch":%d,"tempmax":21.5,"tempmin":10.0,"source":"obs","hours":[%s]}"""
			.formatted(day, day.atStartOfDay(ZONE).toEpochSecond(), String.join(",", hours));
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
