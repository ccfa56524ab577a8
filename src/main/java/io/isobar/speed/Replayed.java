package io.isobar.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

import io.isobar.messages.WeatherMessage;

import org.springframework.batch.core.step.StepContribution;

/**
 * Messages that go into the stores once more, and how many they were. The counts are put
 * on the step when all of an attempt has succeeded.
 */
final class Replayed {

	private final ToIntFunction<List<StreamedMessages.Raw>> writing;

	private long read;

	private long written;

	/**
	 * Messages for some stores.
	 * @param writing writes them, and says how many a fact could be read from
	 */
	Replayed(ToIntFunction<List<StreamedMessages.Raw>> writing) {
		this.writing = writing;
	}

	/**
	 * Messages of weather, for all its stores; those that no fact can be read from go
	 * into none: they are among the dead letters.
	 */
	static Replayed weather(List<WeatherSink> sinks, StreamedMessages messages) {
		return new Replayed((raws) -> {
			List<WeatherMessage> good = new ArrayList<>(raws.size());
			for (StreamedMessages.Raw raw : raws) {
				if (messages.read(raw) instanceof StreamedMessages.Read.Good read) {
					good.add(read.message());
				}
			}
			if (!good.isEmpty()) {
				sinks.forEach((sink) -> sink.write(good));
			}
			return good.size();
		});
	}

	void write(List<StreamedMessages.Raw> raws) {
		this.written += this.writing.applyAsInt(raws);
		this.read += raws.size();
	}

	void count(StepContribution contribution) {
		var step = contribution.getStepExecution();
		step.setReadCount(step.getReadCount() + this.read);
		contribution.incrementWriteCount(this.written);
		contribution.incrementFilterCount(this.read - this.written);
	}

}
