package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.lake.LakeTable;
import io.isobar.lake.ReadingStore;
import io.isobar.weather.Channel;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Reads the messages that the master dataset has kept, and writes them into the stores:
 * month by month, and within a month those that were observed at the same time in the
 * order in which they came. Months that no store keeps any more are passed over. A
 * restart goes on with the month in which it was.
 */
@Component
@ConditionalOnSpeed
class ReplayLake implements Tasklet {

	/**
	 * So many messages are held in memory; a month that has more is read several times, a
	 * stretch of it each time.
	 */
	private static final int MOST = 200_000;

	private static final int BATCH = 2000;

	private static final String VERSION = "version";

	/** Of the last part that is written. */
	private static final String MONTH = "month";

	private static final String BUCKET = "bucket";

	private static final String MESSAGE = "message";

	private static final Comparator<Kept> ORDER = Comparator.comparingInt(Kept::partition)
		.thenComparingLong(Kept::offset);

	private final Lake lake;

	private final LakeTable table;

	private final ReadingStore readings;

	private final ObjectProvider<WeatherSink> sinks;

	private final StreamedMessages messages;

	private final SpeedSettings settings;

	private final InfluxSettings influx;

	private final ExecutionNotes notes;

	private final StepProgress progress;

	private final Clock clock;

	private final int most;

	/** A part of the table. */
	private record Part(String month, int bucket) implements Comparable<Part> {

		static Part of(Map<String, String> values) {
			return new Part(Objects.requireNonNull(values.get("month")),
					Integer.parseInt(Objects.requireNonNull(values.get("bucket"))));
		}

		@Override
		public int compareTo(Part other) {
			return Comparator.comparing(Part::month).thenComparingInt(Part::bucket).compare(this, other);
		}

	}

	/** A message that was kept. */
	private record Kept(int partition, long offset, byte[] value, Instant collected) {

		StreamedMessages.Raw raw() {
			return new StreamedMessages.Raw(this.value, this.collected, this.partition, this.offset, null);
		}

	}

	/** Times of observation, in minutes, that are read at once. */
	private record Stretch(long from, long to) {

		boolean holds(Instant observed) {
			long minute = minute(observed);
			return minute >= this.from && minute < this.to;
		}

	}

	@Autowired
	ReplayLake(Lake lake, LakeTable table, ReadingStore readings, ObjectProvider<WeatherSink> sinks,
			StreamedMessages messages, SpeedSettings settings, InfluxSettings influx, ExecutionNotes notes,
			StepProgress progress, Clock clock) {
		this(lake, table, readings, sinks, messages, settings, influx, notes, progress, clock, MOST);
	}

	ReplayLake(Lake lake, LakeTable table, ReadingStore readings, ObjectProvider<WeatherSink> sinks,
			StreamedMessages messages, SpeedSettings settings, InfluxSettings influx, ExecutionNotes notes,
			StepProgress progress, Clock clock, int most) {
		this.lake = lake;
		this.table = table;
		this.readings = readings;
		this.sinks = sinks;
		this.messages = messages;
		this.settings = settings;
		this.influx = influx;
		this.notes = notes;
		this.progress = progress;
		this.clock = clock;
		this.most = most;
	}

	@Override
	public @Nullable RepeatStatus execute(StepContribution contribution, ChunkContext chunk)
			throws JobInterruptedException {
		StepExecution step = contribution.getStepExecution();
		this.progress.stopIfRequested(step);
		if (!RebuildSpeedViewsJob.LAKE.equals(step.getJobParameters().getString(RebuildSpeedViewsJob.SOURCE))) {
			return RepeatStatus.FINISHED;
		}
		ExecutionContext context = step.getExecutionContext();
		if (!context.containsKey(VERSION)) {
			Optional<Long> newest = this.readings.version()
				.filter((version) -> this.table.columns(this.lake.readings(), version).contains(MESSAGE));
			if (newest.isEmpty()) {
				this.notes.note(step,
						"The master dataset has kept no messages yet: only those of the topic are written.");
				return RepeatStatus.FINISHED;
			}
			context.putLong(VERSION, newest.get());
		}
		long version = context.getLong(VERSION);
		List<Part> parts = parts(version);
		// Not by their number: what no store keeps any more drops out at midnight
		Optional<Part> next = parts.stream().filter((part) -> isAhead(part, context)).findFirst();
		if (next.isEmpty()) {
			return RepeatStatus.FINISHED;
		}
		Replayed replayed = Replayed.weather(this.sinks.orderedStream().toList(), this.messages);
		replay(step, version, next.get(), replayed);
		replayed.count(contribution);
		context.putString(MONTH, next.get().month());
		context.putInt(BUCKET, next.get().bucket());
		int done = parts.indexOf(next.get()) + 1;
		this.progress.at(step, done, parts.size());
		return (done < parts.size()) ? RepeatStatus.CONTINUABLE : RepeatStatus.FINISHED;
	}

	private static boolean isAhead(Part part, ExecutionContext context) {
		return !context.containsKey(MONTH)
				|| part.compareTo(new Part(context.getString(MONTH), context.getInt(BUCKET))) > 0;
	}

	/** The parts of the table that may hold what a store still keeps. */
	private List<Part> parts(long version) {
		Set<Part> parts = new HashSet<>();
		read(version, List.of(MESSAGE), (values) -> {
			parts.add(Part.of(values));
			return false;
		}, (row) -> {
		});
		LocalDate today = LocalDate.ofInstant(this.clock.instant(), ZoneOffset.UTC);
		return parts.stream()
			.filter((part) -> isKept(YearMonth.parse(part.month()).atEndOfMonth(), today))
			.sorted()
			.toList();
	}

	private boolean isKept(LocalDate day, LocalDate today) {
		Duration kept = this.influx.retention();
		LocalDate yesterday = today.minusDays(1);
		return kept.isZero() || !day.plus(this.settings.retention()).isBefore(yesterday)
				|| !day.plusDays(kept.toDays()).isBefore(yesterday);
	}

	private void replay(StepExecution step, long version, Part part, Replayed replayed) throws JobInterruptedException {
		Predicate<Map<String, String>> wanted = (values) -> Part.of(values).equals(part);
		for (Stretch stretch : stretches(version, wanted)) {
			this.progress.stopIfRequested(step);
			List<Kept> kept = new ArrayList<>();
			read(version, List.of("channel", "observed_at", MESSAGE, "kafka_partition", "kafka_offset", "collected"),
					wanted, (row) -> {
						if (isMessage(row) && row[2] != null && stretch.holds(observed(row))) {
							kept.add(new Kept((Integer) value(row[3]), (Long) value(row[4]),
									((String) value(row[2])).getBytes(StandardCharsets.UTF_8),
									(Instant) value(row[5])));
						}
					});
			kept.sort(ORDER);
			for (int from = 0; from < kept.size(); from += BATCH) {
				this.progress.stopIfRequested(step);
				replayed
					.write(kept.subList(from, Math.min(kept.size(), from + BATCH)).stream().map(Kept::raw).toList());
			}
		}
	}

	private List<Stretch> stretches(long version, Predicate<Map<String, String>> wanted) {
		TreeMap<Long, Integer> minutes = new TreeMap<>();
		read(version, List.of("channel", "observed_at"), wanted, (row) -> {
			if (isMessage(row)) {
				minutes.merge(minute(observed(row)), 1, Integer::sum);
			}
		});
		List<Stretch> stretches = new ArrayList<>();
		long from = Long.MIN_VALUE;
		long messages = 0;
		for (Map.Entry<Long, Integer> minute : minutes.entrySet()) {
			if (messages > 0 && messages + minute.getValue() > this.most) {
				stretches.add(new Stretch(from, minute.getKey()));
				from = minute.getKey();
				messages = 0;
			}
			messages += minute.getValue();
		}
		if (messages > 0) {
			stretches.add(new Stretch(from, Long.MAX_VALUE));
		}
		return stretches;
	}

	private void read(long version, List<String> columns, Predicate<Map<String, String>> wanted,
			LakeTable.RowConsumer consumer) {
		this.table.read(this.lake.readings(), version, columns, wanted, consumer);
	}

	private static boolean isMessage(@Nullable Object[] row) {
		return Channel.STREAM.column().equals(row[0]);
	}

	private static Instant observed(@Nullable Object[] row) {
		return (Instant) value(row[1]);
	}

	private static Object value(@Nullable Object value) {
		return Objects.requireNonNull(value);
	}

	private static long minute(Instant instant) {
		return Math.floorDiv(instant.getEpochSecond(), 60);
	}

}
