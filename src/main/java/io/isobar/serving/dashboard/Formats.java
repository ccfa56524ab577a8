package io.isobar.serving.dashboard;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;

import io.isobar.weather.Metric;

/**
 * How numbers, units, days and times are written in a page, by its language; the
 * browser's {@code formats.js} writes them alike. In templates it is {@code formats}.
 * What is missing is a dash, never 0.
 */
public final class Formats {

	/** What stands where a value is missing. */
	public static final String MISSING = "–";

	private static final String MINUS = "\u2212";

	private static final char NARROW_SPACE = '\u202f';

	private static final char SPACE = '\u00a0';

	private static final Map<String, Integer> DECIMALS = Map.of("°C", 1, "mm", 1, "km/h", 0, "%", 0, "hPa", 1, "W/m²",
			0, "°", 0, "cm", 1, "km", 1);

	private final Locale locale;

	private final MessageSource messages;

	private final boolean french;

	/**
	 * @param locale English or French
	 * @param messages words for times and spans of time
	 */
	public Formats(Locale locale, MessageSource messages) {
		this.locale = locale;
		this.messages = messages;
		this.french = locale.getLanguage().equals("fr");
	}

	/** A value of a metric with its unit: {@code 12.4 °C}. */
	public String value(@Nullable Number value, Metric metric) {
		return withUnit(value, metric.unit());
	}

	/** A value with its unit, which tells how many decimals it has. */
	public String withUnit(@Nullable Number value, String unit) {
		String number = number(value, decimals(unit));
		return (value == null || unit.isEmpty()) ? number : number + beforeUnit(unit) + unit;
	}

	/** A difference with its unit, always with a sign. */
	public String difference(@Nullable Number value, String unit) {
		return (value == null) ? MISSING : sign(value, decimals(unit)) + withUnit(value, unit);
	}

	private static String sign(Number value, int decimals) {
		return (rounded(value, decimals).signum() > 0) ? "+" : "";
	}

	private String beforeUnit(String unit) {
		if (unit.equals("°")) {
			return "";
		}
		if (this.french) {
			return String.valueOf(NARROW_SPACE);
		}
		return (unit.equals("%")) ? "" : String.valueOf(SPACE);
	}

	/** How many decimals a value of that unit is shown with. */
	public static int decimals(String unit) {
		return DECIMALS.getOrDefault(unit, 0);
	}

	/** A number with so many decimals; a half is rounded away from zero. */
	public String number(@Nullable Number value, int decimals) {
		if (value == null || (value instanceof Double each && !Double.isFinite(each))) {
			return MISSING;
		}
		BigDecimal rounded = rounded(value, decimals);
		NumberFormat format = NumberFormat.getNumberInstance(this.locale);
		format.setMinimumFractionDigits(decimals);
		format.setMaximumFractionDigits(decimals);
		return ((rounded.signum() < 0) ? MINUS : "") + format.format(rounded.abs());
	}

	/** A whole number. */
	public String count(@Nullable Number value) {
		return number(value, 0);
	}

	/** An amount of money or a coefficient: two decimals. */
	public String exact(@Nullable Number value) {
		return number(value, 2);
	}

	/** A share of 0…1 in percent. */
	public String share(@Nullable Double share) {
		return withUnit((share != null) ? share * 100 : null, "%");
	}

	private static BigDecimal rounded(Number value, int decimals) {
		BigDecimal exact = (value instanceof BigDecimal decimal) ? decimal : new BigDecimal(value.toString());
		return exact.setScale(decimals, RoundingMode.HALF_UP);
	}

	/** {@code 21 Nov 2026}. */
	public String day(@Nullable LocalDate day) {
		return (day == null) ? MISSING : DateTimeFormatter.ofPattern("d MMM yyyy", this.locale).format(day);
	}

	/** {@code 21 November 2026}, as in a sentence. */
	public String longDay(@Nullable LocalDate day) {
		if (day == null) {
			return MISSING;
		}
		String first = (this.french && day.getDayOfMonth() == 1) ? "1'er'" : "d";
		return DateTimeFormatter.ofPattern(first + " MMMM yyyy", this.locale).format(day);
	}

	/** {@code November 2026}. */
	public String month(@Nullable YearMonth month) {
		return (month == null) ? MISSING : DateTimeFormatter.ofPattern("MMMM yyyy", this.locale).format(month);
	}

	/** {@code 08:05}; the zone is said once for a block, see {@link #zone}. */
	public String time(@Nullable Instant instant, ZoneId zone) {
		return (instant == null) ? MISSING : DateTimeFormatter.ofPattern("HH:mm").format(instant.atZone(zone));
	}

	/** {@code 21 Nov 2026, 08:05}. */
	public String instant(@Nullable Instant instant, ZoneId zone) {
		return (instant == null) ? MISSING : day(instant.atZone(zone).toLocalDate()) + ", " + time(instant, zone);
	}

	/** Whose time it is: {@code Paris time}. */
	public String zone(ZoneId zone) {
		if (zone.normalized().equals(ZoneOffset.UTC)) {
			return "UTC";
		}
		if (zone instanceof ZoneOffset || !zone.getId().contains("/")) {
			return zone.getId();
		}
		String place = zone.getId().substring(zone.getId().lastIndexOf('/') + 1).replace('_', ' ');
		return message("format.zone", place);
	}

	/** How long ago or ahead: {@code 40 s ago}; the browser lets it go on. */
	public String relative(@Nullable Instant instant, Instant now) {
		if (instant == null) {
			return MISSING;
		}
		long seconds = Duration.between(instant, now).toSeconds();
		if (seconds == 0) {
			return message("format.now");
		}
		long distance = Math.abs(seconds);
		String kind = (seconds > 0) ? "format.ago." : "format.in.";
		if (distance < 60) {
			return message(kind + "seconds", Long.toString(distance));
		}
		if (distance < 3_600) {
			return message(kind + "minutes", Long.toString(distance / 60));
		}
		return (distance < 172_800) ? message(kind + "hours", Long.toString(distance / 3_600))
				: message(kind + "days", count(distance / 86_400));
	}

	/** A span of time in its two largest units: {@code 1 h 5 min}. */
	public String duration(@Nullable Duration duration) {
		if (duration == null) {
			return MISSING;
		}
		long seconds = duration.toSeconds();
		if (seconds < 10) {
			return number(duration.toMillis() / 1000.0, 1) + SPACE + "s";
		}
		if (seconds < 60) {
			return seconds + (SPACE + "s");
		}
		if (seconds < 3_600) {
			return two(seconds / 60, "min", seconds % 60, "s");
		}
		return (seconds < 86_400) ? two(seconds / 3_600, "h", seconds % 3_600 / 60, "min")
				: two(seconds / 86_400, message("format.days"), seconds % 86_400 / 3_600, "h");
	}

	private String two(long large, String largeUnit, long small, String smallUnit) {
		String first = count(large) + SPACE + largeUnit;
		return (small == 0) ? first : first + SPACE + small + SPACE + smallUnit;
	}

	/**
	 * What programs say in a few English words with commas between, such as the sky of a
	 * provider, in the page's language; what it has no words for stays as it is.
	 */
	public @Nullable String words(@Nullable String english) {
		return (english == null) ? null
				: Arrays.stream(english.split(","))
					.map(String::strip)
					.map(this::word)
					.collect(Collectors.joining(", "));
	}

	private String word(String english) {
		String key = "word." + english.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_");
		String known = this.messages.getMessage(key, null, null, this.locale);
		return (known != null) ? known : english;
	}

	private String message(String key, Object... arguments) {
		return this.messages.getMessage(key, arguments, this.locale);
	}

}
