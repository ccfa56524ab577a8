package io.isobar.batch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.lake.OrderStore;
import io.isobar.messages.MessageRefused;
import io.isobar.messages.OrderMessages;
import io.isobar.orders.Order;
import io.isobar.provider.file.Location;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Brings the orders that came before the stream into the lake, each line once, and pins
 * the version of the orders. A file that has changed replaces what it said before; one
 * that is no longer there counts as it was.
 */
@Component
class OrdersHistory implements Tasklet {

	/** Lines that the execution names; the others are counted. */
	private static final int NAMED = 10;

	/** A longer line is no order. */
	private static final int LONGEST_LINE = 1_000_000;

	private final OrderSettings settings;

	private final Locations locations;

	private final OrderStore orders;

	private final ExecutionNotes notes;

	private final Clock clock;

	OrdersHistory(OrderSettings settings, Locations locations, OrderStore orders, ExecutionNotes notes, Clock clock) {
		this.settings = settings;
		this.locations = locations;
		this.orders = orders;
		this.notes = notes;
		this.clock = clock;
	}

	/** Lines that were no orders. */
	private static final class Refused {

		private final List<String> named = new ArrayList<>();

		private long count;

		void add(Location file, long line, String sentence) {
			if (this.count++ < NAMED) {
				this.named.add("%s, line %d: %s".formatted(file.name(), line, sentence));
			}
		}

	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		StepExecution step = contribution.getStepExecution();
		List<Location> files = this.locations.files(this.settings.history(), List.of(".json", ".jsonl"));
		if (files.isEmpty()) {
			this.notes.note(step,
					"There is no orders file at %s (isobar.orders.history). What was read of it before still counts."
						.formatted(this.settings.history()));
		}
		else {
			Set<String> sources = new LinkedHashSet<>();
			Refused refused = new Refused();
			for (Location file : files) {
				String source = digest(file);
				sources.add(source);
				read(file, source, contribution, refused);
			}
			this.orders.countHistory(sources);
			if (refused.count > 0) {
				this.notes.note(step, "%d lines of the orders file are no orders and do not count. %s%s"
					.formatted(refused.count, String.join(" ", refused.named), (refused.count > NAMED) ? " …" : ""));
			}
		}
		pin(OrdersRun.of(chunk));
		return RepeatStatus.FINISHED;
	}

	private void pin(OrdersRun run) {
		long version = this.orders.version().orElseThrow();
		run.pin(version, this.orders.describe(version), this.settings.minimumAmount().toPlainString());
	}

	/** Refused lines are told of each time, so that nobody forgets them. */
	private void read(Location file, String source, StepContribution contribution, Refused refused) {
		StepExecution step = contribution.getStepExecution();
		if (this.orders.holds(source)) {
			try {
				lines(file, refused, (line, order) -> {
				});
			}
			catch (IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
			return;
		}
		Refused[] found = { new Refused() };
		long[] counts = new long[1];
		boolean fresh = this.orders.append(source, OrderStore.HISTORY, this.clock.instant(), (rows) -> {
			// From the beginning, where a commit has to be tried again
			found[0] = new Refused();
			counts[0] = 0;
			lines(file, found[0], (line, order) -> {
				rows.order(line, order);
				counts[0]++;
			});
		});
		found[0].named.forEach(refused.named::add);
		refused.count += found[0].count;
		if (fresh) {
			step.setReadCount(step.getReadCount() + counts[0] + found[0].count);
			step.setProcessSkipCount(step.getProcessSkipCount() + found[0].count);
			contribution.incrementWriteCount(counts[0]);
		}
	}

	private static void lines(Location file, Refused refused, OrderStore.Lines orders) throws IOException {
		try (InputStream stream = file.open()) {
			long number = 0;
			byte[] line;
			while ((line = line(stream)) != null) {
				number++;
				if (number == 1) {
					line = withoutMark(line);
				}
				if (new String(line, StandardCharsets.ISO_8859_1).isBlank()) {
					continue;
				}
				Order order;
				try {
					order = OrderMessages.read(line);
				}
				catch (MessageRefused ex) {
					refused.add(file, number, String.valueOf(ex.getMessage()));
					continue;
				}
				orders.order(number, order);
			}
		}
	}

	/** The next line as bytes, for it may be no text; null at the end. */
	private static byte @org.jspecify.annotations.Nullable [] line(InputStream stream) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream(100);
		int read = stream.read();
		if (read < 0) {
			return null;
		}
		while (read >= 0 && read != '\n') {
			if (line.size() < LONGEST_LINE) {
				line.write(read);
			}
			read = stream.read();
		}
		return line.toByteArray();
	}

	private static byte[] withoutMark(byte[] line) {
		boolean marked = line.length >= 3 && line[0] == (byte) 0xef && line[1] == (byte) 0xbb && line[2] == (byte) 0xbf;
		return marked ? java.util.Arrays.copyOfRange(line, 3, line.length) : line;
	}

	private static String digest(Location file) throws IOException {
		try (DigestInputStream stream = new DigestInputStream(file.open(), MessageDigest.getInstance("SHA-256"))) {
			stream.transferTo(java.io.OutputStream.nullOutputStream());
			return HexFormat.of().formatHex(stream.getMessageDigest().digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256.", ex);
		}
	}

}
