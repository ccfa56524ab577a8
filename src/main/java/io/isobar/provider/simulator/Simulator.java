package io.isobar.provider.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

import io.isobar.provider.Asked;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.History;
import io.isobar.weather.Outlook;
import io.isobar.provider.Provider;
import io.isobar.provider.Rows;
import io.isobar.provider.Terms;
import io.isobar.provider.Use;
import io.isobar.views.LocalCalendar;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;

/**
 * Makes weather up: the same for the same place and time, whenever and in whatever order
 * it is asked. Its outlook is right.
 */
final class Simulator implements Provider {

	private static final Duration HOUR = Duration.ofHours(1);

	@Override
	public Origin origin() {
		return Origin.SIMULATED;
	}

	@Override
	public String name() {
		return "The simulator";
	}

	@Override
	public Terms terms() {
		return Terms.UNLIMITED;
	}

	@Override
	public double costOfHistory(LocalDate from, LocalDate to) {
		return 0;
	}

	@Override
	public double costOfCurrent() {
		return 0;
	}

	@Override
	public History history(City city, LocalDate from, LocalDate to, Instant collected, Use use) {
		Asked asked = new Asked(city, from, to, collected);
		SimulatedWeather weather = weather(city);
		Rows.Gatherer rows = new Rows.Gatherer();
		LocalCalendar calendar = new LocalCalendar(city.zone());
		long end = asked.end().getEpochSecond();
		// Slot by slot, for clocks may change by half an hour
		for (long slot = asked.start().getEpochSecond(); slot < end; slot = calendar.slotEnd(slot)) {
			rows.add(hour(city, weather, Instant.ofEpochSecond(slot), Channel.HISTORY, collected));
		}
		return History.of(asked, origin(), "", new byte[0], rows.rows(), asked.days(), 0);
	}

	@Override
	public History reread(City city, LocalDate from, LocalDate to, Instant collected, byte[] raw) {
		return history(city, from, to, collected);
	}

	@Override
	public CurrentConditions current(City city, Instant collected) {
		SimulatedWeather weather = weather(city);
		Instant now = collected.truncatedTo(ChronoUnit.SECONDS);
		ReadingDraft draft = new ReadingDraft(city.name(), now, Resolution.HOUR, origin(), Channel.STREAM, collected);
		weather.now(now, draft);
		Instant hour = startOfHour(city, now);
		return new CurrentConditions(draft.build(), hour(city, weather, hour.minus(HOUR), Channel.STREAM, collected),
				weather.isRaining(now), weather.isStormy(now), outlook(city, weather, hour.plus(HOUR), now), 0);
	}

	private static Reading hour(City city, SimulatedWeather weather, Instant hour, Channel channel, Instant collected) {
		ReadingDraft draft = new ReadingDraft(city.name(), hour, Resolution.HOUR, Origin.SIMULATED, channel, collected);
		weather.hour(hour, draft);
		return draft.build();
	}

	private static Outlook outlook(City city, SimulatedWeather weather, Instant next, Instant now) {
		LocalDate tomorrow = LocalDate.ofInstant(now, city.zone()).plusDays(1);
		Instant ends = tomorrow.plusDays(1).atStartOfDay(city.zone()).toInstant();
		double lowest = Double.POSITIVE_INFINITY;
		double highest = Double.NEGATIVE_INFINITY;
		double sum = 0;
		for (Instant hour = tomorrow.atStartOfDay(city.zone()).toInstant(); hour
			.isBefore(ends); hour = hour.plus(HOUR)) {
			double temperature = weather.temperature(hour);
			lowest = Math.min(lowest, temperature);
			highest = Math.max(highest, temperature);
			sum += weather.precipitation(hour);
		}
		return new Outlook(weather.temperature(next), weather.precipitation(next), lowest, highest,
				Math.round(sum * 10) / 10.0);
	}

	/** Hours begin with the local hour, also where the offset is half an hour. */
	private static Instant startOfHour(City city, Instant now) {
		return now.atZone(city.zone()).truncatedTo(ChronoUnit.HOURS).toInstant();
	}

	/** A city without a place gets one by its name, in the middle of its time zone. */
	private static SimulatedWeather weather(City city) {
		Double latitude = city.latitude();
		Double longitude = city.longitude();
		if (latitude != null && longitude != null) {
			return new SimulatedWeather(latitude, longitude);
		}
		int seconds = city.zone().getRules().getStandardOffset(Instant.EPOCH).getTotalSeconds();
		return new SimulatedWeather(35 + Math.floorMod(city.name().hashCode(), 200) / 10.0,
				Math.max(-180, Math.min(180, seconds / 240.0)));
	}

}
