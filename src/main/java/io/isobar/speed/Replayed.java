package io.isobar.speed;

import java.util.ArrayList;
import java.util.List;

import io.isobar.messages.WeatherMessage;

import org.springframework.batch.core.step.StepContribution;

/**
 * Messages that go into the stores once more, and how many they were. The counts are put
 * on the step when all of an attempt has succeeded.
 */
final class Replayed {

	private final List<WeatherSink> sinks;

	private final StreamedMessages messages;

	private long read;

	private long written;

	Replayed(List<WeatherSink> sinks, StreamedMessages messages) {
		this.sinks = sinks;
		this.messages = messages;
	}

	/**
	 * Writes messages into every store; those that no fact can be read from into none:
	 * they are among the dead letters.
	 */
	void write(List<StreamedMessages.Raw> raws) {
		List<WeatherMessage> messages = new ArrayList<>(raws.size());
		for (StreamedMessages.Raw raw : raws) {
			if (this.messages.read(raw) instanceof StreamedMessages.Read.Good read) {
				messages.add(read.message());
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
