package io.isobar.provider.file;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.isobar.provider.file.CityClaim.ZoneConflict;
import io.isobar.provider.file.Layout.Strand;
import io.isobar.provider.file.Layout.Value;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/** Turns the rows of a table into readings, a batch at a time. */
final class TableReader {

	private static final long HOUR = 3600;

	/**
	 * Visual Crossing's words for where a row comes from. One mixed of observation and
	 * forecast ({@code comb}) is one of them, as a table has no current conditions that
	 * tell how far was observed.
	 */
	private static final Set<String> FORECASTS = Set.of("fcst", "histfcst", "stats", "statsfcst", "comb");

	private final String file;

	private final Table table;

	private final Layout layout;

	/** What is known, and what this file has already said. */
	private final KnownCities known;

	private final Instant collected;

	private final ReadingsConsumer consumer;

	private final boolean joinsSums;

	/** By strand: what is known of the cities in it, by key. */
	private final List<Map<String, Seat>> seats = new ArrayList<>();

	private final Map<String, City> announced = new LinkedHashMap<>();

	private final Map<String, City> settled = new HashMap<>();

	private final List<Reading> batch = new ArrayList<>(FileReadings.BATCH);

	private final List<String> rejections = new ArrayList<>();

	/** Reused by each row: what is to be written where. */
	private final double[] numbers;

	private long rows;

	private long readings;

	private long filtered;

	private long rejected;

	private long flagged;

	TableReader(String file, Table table, Layout layout, KnownCities cities, Instant collected,
			ReadingsConsumer consumer) {
		this.file = file;
		this.table = table;
		this.layout = layout;
		this.known = new KnownCities() {

			@Override
			public Optional<City> named(String name) {
				return Optional.ofNullable(TableReader.this.settled.get(name)).or(() -> cities.named(name));
			}

			@Override
			public Optional<City> near(double latitude, double longitude) {
				return cities.near(latitude, longitude);
			}

		};
		this.collected = collected;
		this.consumer = consumer;
		this.joinsSums = layout.hasSumsLabelledAtEnd();
		this.numbers = new double[layout.strands()
			.stream()
			.mapToInt((strand) -> strand.values().size())
			.max()
			.orElse(0)];
		layout.strands().forEach((strand) -> this.seats.add(new HashMap<>()));
	}

	/**
	 * Reads to the end.
	 * @throws FileRefused if the file is broken, a city is known with another zone, or
	 * not one row can be read
	 */
	Tally read() throws FileRefused, IOException {
		this.table.select(this.layout.columns());
		while (this.table.next()) {
			this.rows++;
			try {
				row();
			}
			catch (RowRejected rejection) {
				reject(rejection);
			}
		}
		for (Map<String, Seat> strand : this.seats) {
			for (Seat seat : strand.values()) {
				if (seat.pending != null) {
					emit(seat, seat.pending.draft);
				}
			}
		}
		if (this.rejected > 0 && this.readings + this.filtered == 0) {
			throw new FileRefused(this.file,
					"not one of its %d rows could be read. %s".formatted(this.rows, this.rejections.get(0)));
		}
		flush();
		return new Tally(this.rows, this.readings, this.filtered, this.rejected, this.flagged, this.rejections,
				List.copyOf(this.announced.values()));
	}

	private void row() throws RowRejected, FileRefused, IOException {
		this.table.check();
		Object time = this.table.time(this.layout.time(), this.layout.format());
		if (time == null) {
			throw new RowRejected("it has no time.");
		}
		Resolution resolution = resolution();
		Origin origin = origin();
		boolean forecast = isForecast();
		for (int strand = 0; strand < this.seats.size(); strand++) {
			try {
				reading(this.layout.strands().get(strand), seat(strand), time, resolution, origin, forecast);
			}
			catch (RowRejected rejection) {
				reject(rejection);
			}
		}
	}

	private void reading(Strand strand, Seat seat, Object time, Resolution resolution, Origin origin, boolean forecast)
			throws RowRejected, FileRefused, IOException {
		ZoneId zone = seat.city.zone();
		LocalDate day = (resolution == Resolution.DAY) ? day(time, zone) : null;
		Instant at = (day != null) ? start(day, zone) : instant(time, seat);
		Instant known = (day != null) ? start(day.plusDays(1), zone) : at;
		boolean any = numbers(strand);
		if (!any || forecast || known.isAfter(this.collected)) {
			this.filtered++;
			return;
		}
		ReadingDraft draft = new ReadingDraft(seat.city.name(), at, resolution, origin, Channel.FILE, this.collected);
		fill(draft, strand, false);
		draft.conditions((strand.conditions() >= 0) ? this.table.text(strand.conditions()) : null);
		if (!this.joinsSums) {
			emit(seat, draft);
			return;
		}
		Instant before = (day != null) ? start(day.minusDays(1), zone) : at.minusSeconds(HOUR);
		moveSums(strand, seat, before, resolution, origin);
		seat.pending = new Pending(draft, at);
	}

	/**
	 * A sum labelled at its end belongs to the hour (or day) before: to the reading of
	 * that hour where it was the row before, else to one of its own.
	 */
	private void moveSums(Strand strand, Seat seat, Instant before, Resolution resolution, Origin origin)
			throws IOException {
		Pending pending = seat.pending;
		boolean joins = pending != null && pending.at.equals(before);
		ReadingDraft draft = (pending != null && joins) ? pending.draft
				: new ReadingDraft(seat.city.name(), before, resolution, origin, Channel.FILE, this.collected);
		fill(draft, strand, true);
		emit(seat, draft);
		if (pending != null && !joins) {
			emit(seat, pending.draft);
		}
	}

	private void fill(ReadingDraft draft, Strand strand, boolean labelledAtEnd) {
		for (int i = 0; i < strand.values().size(); i++) {
			Value value = strand.values().get(i);
			if (value.labelledAtEnd() == labelledAtEnd) {
				Metric metric = value.metric();
				switch (value.part()) {
					case VALUE -> draft.value(metric, this.numbers[i]);
					case LOW -> draft.low(metric, this.numbers[i]);
					case HIGH -> draft.high(metric, this.numbers[i]);
				}
			}
		}
	}

	/** Reads the row's values; says whether there is any. */
	private boolean numbers(Strand strand) throws RowRejected {
		boolean any = false;
		for (int i = 0; i < strand.values().size(); i++) {
			Value value = strand.values().get(i);
			double number = value.conversion().applyAsDouble(this.table.number(value.column()));
			this.numbers[i] = number;
			any |= !Double.isNaN(number);
		}
		return any;
	}

	private void emit(Seat seat, ReadingDraft draft) throws IOException {
		Reading reading = draft.build();
		this.flagged += reading.flagged().size();
		if (reading.isEmpty() && reading.flagged().isEmpty()) {
			return;
		}
		if (this.announced.putIfAbsent(seat.city.name(), seat.city) == null) {
			this.consumer.city(seat.city);
		}
		this.readings++;
		this.batch.add(reading);
		if (this.batch.size() == FileReadings.BATCH) {
			flush();
		}
	}

	private void flush() throws IOException {
		if (!this.batch.isEmpty()) {
			this.consumer.readings(List.copyOf(this.batch));
			this.batch.clear();
		}
	}

	private void reject(RowRejected rejection) {
		this.rejected++;
		if (this.rejections.size() < Tally.KEPT) {
			this.rejections.add(this.table.place() + ": " + rejection.reason());
		}
	}

	private Seat seat(int strand) throws RowRejected, FileRefused {
		Layout.CitySource source = this.layout.strands().get(strand).city();
		Map<String, Seat> known = this.seats.get(strand);
		String key = source.key(this.table);
		Seat seat = known.get(key);
		if (seat == null) {
			seat = new Seat(settle(source.claim(this.table, key)));
			known.put(key, seat);
		}
		return seat;
	}

	private City settle(CityClaim claim) throws RowRejected, FileRefused {
		try {
			City city = claim.settle(this.known);
			this.settled.putIfAbsent(city.name(), city);
			return city;
		}
		catch (ZoneConflict conflict) {
			throw new FileRefused(this.file, String.valueOf(conflict.getMessage()));
		}
	}

	private Resolution resolution() throws RowRejected {
		int column = this.layout.resolutionColumn();
		String text = (column >= 0) ? this.table.text(column) : null;
		if (text == null) {
			return this.layout.resolution();
		}
		try {
			return Resolution.ofColumn(text);
		}
		catch (IllegalArgumentException ex) {
			throw new RowRejected("its resolution '%s' is neither hour nor day.".formatted(text));
		}
	}

	private Origin origin() throws RowRejected {
		int column = this.layout.originColumn();
		String text = (column >= 0) ? this.table.text(column) : null;
		return (text != null) ? new Origin(text) : Origin.FILE;
	}

	private boolean isForecast() throws RowRejected {
		int column = this.layout.sourceColumn();
		String text = (column >= 0) ? this.table.text(column) : null;
		return text != null && FORECASTS.contains(text);
	}

	private Instant instant(Object time, Seat seat) throws RowRejected {
		if (time instanceof Instant instant) {
			return instant;
		}
		if (time instanceof TimeFormat.Stated stated) {
			return stated.instant();
		}
		if (time instanceof LocalDateTime local) {
			ZoneId zone = this.layout.textZone();
			return seat.clock.instant(local, (zone != null) ? zone : seat.city.zone());
		}
		throw new RowRejected(
				"its time %s is a date without a time of day. If the rows are whole days, say `resolution: day`."
					.formatted(time));
	}

	/** A day is the one that is written, whatever offset stands beside it. */
	private LocalDate day(Object time, ZoneId cityZone) {
		if (time instanceof LocalDate date) {
			return date;
		}
		if (time instanceof LocalDateTime local) {
			return local.toLocalDate();
		}
		if (time instanceof TimeFormat.Stated stated) {
			return this.layout.daysAreInstants()
					? stated.local().atZone(stated.zone()).withZoneSameInstant(cityZone).toLocalDate()
					: stated.local().toLocalDate();
		}
		ZoneId zone = this.layout.dayZone();
		return LocalDate.ofInstant((Instant) time, (zone != null) ? zone : cityZone);
	}

	private static Instant start(LocalDate day, ZoneId zone) {
		return day.atStartOfDay(zone).toInstant();
	}

	/** What is remembered of one city. */
	private static final class Seat {

		private final City city;

		private final LocalClock clock = new LocalClock();

		private @Nullable Pending pending;

		Seat(City city) {
			this.city = city;
		}

	}

	/** A reading that may still get the sums of its interval. */
	private record Pending(ReadingDraft draft, Instant at) {

	}

}
