package io.isobar.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;

import io.isobar.embedded.ForkedServer.Started;

/**
 * Prints what runs where when the application is ready. What must stand last, under this
 * table, listens to the same event with an order above {@link #ORDER}, best with the very
 * next one.
 */
final class PortTable {

	/** Order of this listener to {@link ApplicationReadyEvent}. */
	static final int ORDER = 0;

	private static final List<String> HEADER = List.of("service", "address", "what for", "started in", "log");

	private final EmbeddedServers servers;

	PortTable(EmbeddedServers servers) {
		this.servers = servers;
	}

	@EventListener
	@Order(ORDER)
	void print(ApplicationReadyEvent ready) {
		if (this.servers.shared()) {
			return;
		}
		// Not a log line: it is for the person at the terminal
		System.out.println(table(ready.getApplicationContext().getEnvironment(), ready.getTimeTaken()));
	}

	private String table(ConfigurableEnvironment environment, @Nullable Duration taken) {
		List<List<String>> rows = new ArrayList<>();
		rows.add(HEADER);
		String dashboards = dashboards(environment);
		if (dashboards != null) {
			rows.add(List.of("web", dashboards, "dashboards, API", (taken != null) ? seconds(taken) : "", ""));
		}
		for (ForkedServer forked : this.servers.all()) {
			EmbeddedServer server = forked.server();
			Started started = forked.await();
			rows.add(List.of(server.name(), server.address(started.port()), server.purpose(), seconds(started.took()),
					relative(this.servers.data().log(server.name()))));
		}
		StringBuilder table = new StringBuilder("\n").append(aligned(rows)).append('\n');
		if (dashboards != null) {
			table.append("Dashboards: ").append(dashboards);
			WebPort.moved(environment)
				.ifPresent((busy) -> table.append("  (port ").append(busy).append(" was busy, so the next free one)"));
			table.append('\n');
		}
		return table.toString();
	}

	static String aligned(List<List<String>> rows) {
		StringBuilder lines = new StringBuilder();
		for (List<String> row : rows) {
			StringBuilder line = new StringBuilder();
			for (int column = 0; column < row.size(); column++) {
				int at = column;
				int width = rows.stream().mapToInt((each) -> each.get(at).length()).max().orElse(0);
				line.append(String.format("%-" + (width + 2) + "s", row.get(column)));
			}
			lines.append(line.toString().stripTrailing()).append('\n');
		}
		return lines.toString();
	}

	private static @Nullable String dashboards(ConfigurableEnvironment environment) {
		String port = environment.getProperty("local.server.port");
		return (port != null) ? "http://localhost:" + port + environment.getProperty("server.servlet.context-path", "")
				: null;
	}

	private static String seconds(Duration duration) {
		return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
	}

	private static String relative(Path path) {
		Path here = Path.of("").toAbsolutePath();
		return (path.startsWith(here) ? here.relativize(path) : path).toString();
	}

}
