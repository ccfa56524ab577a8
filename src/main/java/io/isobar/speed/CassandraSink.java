package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.isobar.cassandra.CellWriter;
import io.isobar.cassandra.CellsNotWritten;
import io.isobar.messages.ReadingCells;
import io.isobar.messages.WeatherMessage;
import io.isobar.web.StoreUnavailable;

import org.springframework.stereotype.Component;

/** Writes readings to Cassandra, as {@link ReadingCells} says. */
@Component
@ConditionalOnSpeed
class CassandraSink implements WeatherSink {

	/** Cassandra's threads look for work for a while after each write. */
	private static final Duration LINGER = Duration.ofMillis(400);

	/** They share {@link CassandraSettings#concurrency}. */
	static final int WRITES_AT_ONCE = 4;

	private final CassandraStore store;

	private final MessageCities cities;

	private final CassandraSettings settings;

	private final SpeedSettings speed;

	private final Clock clock;

	CassandraSink(CassandraStore store, MessageCities cities, CassandraSettings settings, SpeedSettings speed,
			Clock clock) {
		this.store = store;
		this.cities = cities;
		this.settings = settings;
		this.speed = speed;
		this.clock = clock;
	}

	@Override
	public String name() {
		return "cassandra";
	}

	/**
	 * What goes together costs less. Nobody waits for it: what has just come is read from
	 * {@link NewestSeen}.
	 */
	@Override
	public Duration linger() {
		return LINGER;
	}

	/** Each cell says itself which one counts; and Cassandra is not idle in between. */
	@Override
	public int writesAtOnce() {
		return WRITES_AT_ONCE;
	}

	@Override
	public void write(List<WeatherMessage> messages) {
		if (messages.isEmpty()) {
			return;
		}
		Instant now = this.clock.instant();
		List<ReadingCells> readings = new ArrayList<>(messages.size());
		for (WeatherMessage message : messages) {
			ReadingCells.of(message, this.cities.zone(message.city()), this.speed.retention(), now)
				.ifPresent(readings::add);
		}
		CellWriter writer = this.store.statements(this.settings.writeTimeout()).writer();
		try {
			writer.write(readings);
		}
		catch (CellsNotWritten ex) {
			throw new StoreUnavailable("Cassandra", ex.getCause());
		}
	}

}
