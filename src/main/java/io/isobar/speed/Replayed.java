package io.isobar.speed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.isobar.messages.MessageRefused;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.step.StepContribution;

/**
 * Messages that go into the stores once more, and how many they were. The counts are put
 * on the step when all of an attempt has succeeded.
 */
final class Replayed {

	private final List<WeatherSink> sinks;

	private long read;

	private long written;

	Replayed(List<WeatherSink> sinks) {
		this.sinks = sinks;
	}

	/** A message as it came, and when Kafka had appended it. */
	record Raw(byte @Nullable [] value, Instant appended) {

	}

	/**
	 * Writes messages into every store; those that no fact can be read from into none.
	 */
	void write(List<Raw> raws) {
		List<WeatherMessage> messages = new ArrayList<>(raws.size());
		for (Raw raw : raws) {
			try {
				messages.add(WeatherMessages.read(raw.value(), raw.appended()));
			}
			catch (MessageRefused ex) {
				// It is among the dead letters
				continue;
			}
		}
		if (!messages.isEmpty()) {
			this.sinks.forEach((sink) -> sink.write(messages));
		}
		this.read += raws.size();
		this.written += messages.size();
	}

	void count(StepContribution contribution) {
		var step = contribution.getStepExecution();
		step.setReadCount(step.getReadCount() + this.read);
		contribution.incrementWriteCount(this.written);
		contribution.incrementFilterCount(this.read - this.written);
	}

}
