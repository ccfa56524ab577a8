package io.isobar.speed;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.isobar.messages.WeatherMessage;

/** A store that can be down. */
class RecordingSink implements WeatherSink {

	private final List<WeatherMessage> written = new CopyOnWriteArrayList<>();

	private volatile boolean down;

	@Override
	public String name() {
		return "recording";
	}

	@Override
	public Duration linger() {
		return Duration.ZERO;
	}

	@Override
	public void write(List<WeatherMessage> messages) {
		if (this.down) {
			throw new IllegalStateException("The store is down.");
		}
		this.written.addAll(messages);
	}

	void down(boolean down) {
		this.down = down;
	}

	/** The cities that messages spoke of, as often as they came. */
	List<String> cities() {
		return this.written.stream().map(WeatherMessage::city).toList();
	}

}
