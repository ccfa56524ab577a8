package io.isobar.weather;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Readings as a sentence:
 * {@code Readings.in("Paris").on("2025-06-15").hour(9).celsius(3.5)}. Paris time,
 * Open-Meteo's history, collected two days later, unless it says otherwise.
 */
public record Readings(String city, LocalDate day, int hour, int minute, Origin origin, Channel channel, int daysLater,
		Resolution resolution) {

	public static final ZoneId ZONE = ZoneId.of("Europe/Paris");

	public static Readings in(String city) {
		return new Readings(city, LocalDate.of(2025, 6, 15), 0, 0, Origin.OPEN_METEO, Channel.HISTORY, 2,
				Resolution.HOUR);
	}

	public Readings on(String day) {
		return new Readings(this.city, LocalDate.parse(day), this.hour, this.minute, this.origin, this.channel,
				this.daysLater, this.resolution);
	}

	public Readings hour(int hour) {
		return at(hour, 0);
	}

	public Readings at(int hour, int minute) {
		return new Readings(this.city, this.day, hour, minute, this.origin, this.channel, this.daysLater,
				this.resolution);
	}

	public Readings from(Origin origin) {
		return new Readings(this.city, this.day, this.hour, this.minute, origin, this.channel, this.daysLater,
				this.resolution);
	}

	public Readings by(Channel channel) {
		return new Readings(this.city, this.day, this.hour, this.minute, this.origin, channel, this.daysLater,
				this.resolution);
	}

	public Readings collectedAfterDays(int days) {
		return new Readings(this.city, this.day, this.hour, this.minute, this.origin, this.channel, days,
				this.resolution);
	}

	public Reading celsius(double value) {
		return measuring(Metric.TEMPERATURE, value);
	}

	public Reading measuring(Metric metric, double value) {
		return draft().value(metric, value).build();
	}

	public Reading nothing() {
		return draft().build();
	}

	/** The whole day as one reading. */
	public Reading wholeDay(double low, double mean, double high) {
		return new Readings(this.city, this.day, 0, 0, this.origin, this.channel, this.daysLater, Resolution.DAY)
			.draft()
			.low(Metric.TEMPERATURE, low)
			.value(Metric.TEMPERATURE, mean)
			.high(Metric.TEMPERATURE, high)
			.build();
	}

	public Instant instant() {
		return this.day.atTime(this.hour, this.minute).atZone(ZONE).toInstant();
	}

	private ReadingDraft draft() {
		Instant collected = this.day.plusDays(this.daysLater).atTime(23, 0).atZone(ZONE).toInstant();
		return new ReadingDraft(this.city, instant(), this.resolution, this.origin, this.channel, collected);
	}

}
