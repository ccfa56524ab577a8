package io.isobar.speed;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.isobar.messages.ReadingBlob;
import io.isobar.messages.ReadingCells;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.simulation.Fate;
import io.isobar.weather.Reading;

/**
 * The readings in Cassandra, in memory. Each is a cell that is written on its own: of two
 * with the same name the later written one stays, and it is gone when its time is over.
 */
public final class FakeSpeedViews extends SpeedViews {

	private record Row(String city, LocalDate day) {
	}

	private record Name(Instant observedAt, String key) {
	}

	private final Fate fate;

	private final Map<String, ZoneId> zones;

	private final Period retention;

	private final Map<Row, Map<Name, ReadingCells>> rows = new HashMap<>();

	@SuppressWarnings("NullAway")
	public FakeSpeedViews(Fate fate, Map<String, ZoneId> zones, Period retention) {
		super(null, null, new KnownCities(zones),
				new CassandraSettings("isobar", "SimpleStrategy", 1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)),
				new SpeedSettings(true, WeatherMessages.TOPIC, retention), fate.clock());
		this.fate = fate;
		this.zones = zones;
		this.retention = retention;
	}

	private static final class KnownCities extends MessageCities {

		private final Map<String, ZoneId> zones;

		@SuppressWarnings("NullAway")
		KnownCities(Map<String, ZoneId> zones) {
			super(null, Duration.ofDays(1000));
			this.zones = zones;
		}

		@Override
		ZoneId zone(String city) {
			return this.zones.get(city);
		}

	}

	/** As the sink does. */
	public void write(WeatherMessage message) {
		ReadingCells.of(message, this.zones.get(message.city()), this.retention, this.fate.clock().instant())
			.ifPresent((cells) -> this.fate.run("write a reading",
					() -> this.rows.computeIfAbsent(new Row(cells.city(), cells.localDay()), (row) -> new HashMap<>())
						.merge(new Name(cells.observedAt(), cells.key()), cells, FakeSpeedViews::later)));
	}

	private static ReadingCells later(ReadingCells one, ReadingCells other) {
		int order = Long.compare(one.written(), other.written());
		if (order == 0) {
			order = Arrays.compareUnsigned(one.blob(), other.blob());
		}
		return (order >= 0) ? one : other;
	}

	@Override
	List<Reading> stored(String city, LocalDate first, LocalDate last, Instant from, Instant to) {
		List<Reading> readings = new ArrayList<>();
		first.datesUntil(last).forEach((day) -> readings.addAll(stored(new Row(city, day), from, to)));
		return readings;
	}

	private List<Reading> stored(Row row, Instant from, Instant to) {
		if (!this.rows.containsKey(row)) {
			return List.of();
		}
		return this.fate.call("read a day", () -> {
			long now = this.fate.clock().instant().getEpochSecond();
			return this.rows.get(row)
				.values()
				.stream()
				.filter((each) -> each.nowInSeconds() + (long) each.timeToLive() > now)
				.filter((each) -> !each.observedAt().isBefore(from) && each.observedAt().isBefore(to))
				.map((each) -> ReadingBlob.read(row.city(), each.blob()).reading())
				.toList();
		});
	}

}
