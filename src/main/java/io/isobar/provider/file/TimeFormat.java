package io.isobar.provider.file;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.chrono.IsoChronology;
import java.time.chrono.IsoEra;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;

/**
 * How a source writes its times. What comes out is an {@link Instant}, a local time with
 * its zone ({@link Stated}), or a {@link LocalDateTime} or {@link LocalDate} where the
 * text has no zone.
 */
abstract class TimeFormat {

	/**
	 * {@code 2020-01-01T01:00:00+01:00}, also with a space for the T, without seconds or
	 * offset, with {@code Z} or {@code [Europe/Paris]}, or a date alone.
	 */
	static final TimeFormat ISO = new Iso();

	/** Whole or broken seconds since 1970 in UTC. */
	static final TimeFormat EPOCH_SECONDS = new Epoch("epoch-seconds", 0);

	/** Milliseconds since 1970 in UTC. */
	static final TimeFormat EPOCH_MILLIS = new Epoch("epoch-millis", 3);

	private final String name;

	TimeFormat(String name) {
		this.name = name;
	}

	/**
	 * The format of that name, or of that pattern of java.time.
	 * @throws IllegalArgumentException if it is neither
	 */
	static TimeFormat of(String format) {
		return switch (format) {
			case "iso" -> ISO;
			case "epoch-seconds" -> EPOCH_SECONDS;
			case "epoch-millis" -> EPOCH_MILLIS;
			default -> new Text(format,
					new DateTimeFormatterBuilder().parseCaseInsensitive()
						.appendPattern(format)
						.parseDefaulting(ChronoField.ERA, IsoEra.CE.getValue())
						.toFormatter(Locale.ENGLISH)
						// 30 February is no day, rather than the last of February
						.withResolverStyle(ResolverStyle.STRICT)
						.withChronology(IsoChronology.INSTANCE));
		};
	}

	/** The time that a text states. */
	abstract Object parse(String text) throws RowRejected;

	/** The time that a number states, where the column holds numbers. */
	Object of(long number) throws RowRejected {
		return parse(String.valueOf(number));
	}

	RowRejected unreadable(String text) {
		return new RowRejected("its time '%s' is not of the format %s.".formatted(shortened(text), this.name));
	}

	private static String shortened(String text) {
		return (text.length() <= 60) ? text : text.substring(0, 60) + "…";
	}

	/**
	 * The common forms by position, which is ten times as fast as a formatter; all others
	 * by the formatter.
	 */
	private static final class Iso extends TimeFormat {

		private static final TimeFormat ANY = new Text("iso",
				new DateTimeFormatterBuilder().parseCaseInsensitive()
					.append(DateTimeFormatter.ISO_LOCAL_DATE)
					.optionalStart()
					.appendPattern("['T'][' ']")
					.append(DateTimeFormatter.ISO_LOCAL_TIME)
					.appendPattern("[XXX][XX][X]['['VV']']")
					.optionalEnd()
					.toFormatter(Locale.ENGLISH)
					.withResolverStyle(ResolverStyle.STRICT)
					.withChronology(IsoChronology.INSTANCE));

		Iso() {
			super("iso");
		}

		@Override
		Object parse(String text) throws RowRejected {
			if (!matches(text, 0, "0000-00-00T00:00")) {
				return ANY.parse(text);
			}
			boolean seconds = matches(text, 16, ":00");
			int end = seconds ? 19 : 16;
			ZoneOffset offset = null;
			if (text.length() == end + 1 && text.charAt(end) == 'Z') {
				offset = ZoneOffset.UTC;
			}
			else if (text.length() != end) {
				return ANY.parse(text);
			}
			try {
				LocalDateTime local = LocalDateTime.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10),
						number(text, 11, 13), number(text, 14, 16), seconds ? number(text, 17, 19) : 0);
				return (offset != null) ? new Stated(local, offset) : local;
			}
			catch (DateTimeException ex) {
				throw unreadable(text);
			}
		}

		private static boolean matches(String text, int from, String form) {
			if (text.length() < from + form.length()) {
				return false;
			}
			for (int i = 0; i < form.length(); i++) {
				char c = text.charAt(from + i);
				char expected = form.charAt(i);
				if ((expected == '0') ? c < '0' || c > '9' : c != expected && !(expected == 'T' && c == ' ')) {
					return false;
				}
			}
			return true;
		}

		private static int number(String text, int from, int to) {
			return Integer.parseInt(text, from, to, 10);
		}

	}

	private static final class Text extends TimeFormat {

		private final DateTimeFormatter formatter;

		Text(String name, DateTimeFormatter formatter) {
			super(name);
			this.formatter = formatter;
		}

		@Override
		Object parse(String text) throws RowRejected {
			TemporalAccessor parsed;
			try {
				parsed = this.formatter.parse(text);
			}
			catch (DateTimeException ex) {
				throw unreadable(text);
			}
			LocalDate date = parsed.query(TemporalQueries.localDate());
			if (date == null) {
				throw unreadable(text);
			}
			LocalTime time = parsed.query(TemporalQueries.localTime());
			if (time == null) {
				return date;
			}
			LocalDateTime local = LocalDateTime.of(date, time);
			// Where clocks are set back, the offset says more than the region beside it
			ZoneId offset = parsed.query(TemporalQueries.offset());
			ZoneId zone = (offset != null) ? offset : parsed.query(TemporalQueries.zone());
			return (zone != null) ? new Stated(local, zone) : local;
		}

	}

	private static final class Epoch extends TimeFormat {

		private final int decimals;

		Epoch(String name, int decimals) {
			super(name);
			this.decimals = decimals;
		}

		@Override
		Object parse(String text) throws RowRejected {
			try {
				// Tables written by data frames hold 1577836800.0
				BigDecimal seconds = new BigDecimal(text).movePointLeft(this.decimals);
				return Instant.ofEpochSecond(seconds.setScale(0, RoundingMode.FLOOR).longValueExact());
			}
			catch (NumberFormatException | ArithmeticException | DateTimeException ex) {
				throw unreadable(text);
			}
		}

		@Override
		Object of(long number) throws RowRejected {
			try {
				return Instant.ofEpochSecond((this.decimals == 0) ? number : Math.floorDiv(number, 1000L));
			}
			catch (DateTimeException ex) {
				throw unreadable(String.valueOf(number));
			}
		}

	}

	/** A local time that states its own zone or offset. */
	record Stated(LocalDateTime local, ZoneId zone) {

		/** The instant, at the earlier offset where clocks were set back. */
		Instant instant() throws RowRejected {
			if (this.zone instanceof ZoneOffset offset) {
				return this.local.toInstant(offset);
			}
			var offsets = this.zone.getRules().getValidOffsets(this.local);
			if (offsets.isEmpty()) {
				throw LocalClock.gap(this.local, this.zone);
			}
			return this.local.toInstant(offsets.get(0));
		}

	}

}
