package io.isobar.speed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import io.isobar.messages.WeatherMessage;

import org.springframework.batch.core.step.StepContribution;

/**
 * Messages that go into the stores once more, and how many they were. The counts are put
 * on the step when all of an attempt has succeeded.
 */
final class Replayed {

	private final ToIntFunction<List<StreamedMessages.Raw>> writing;

	private final Function<List<StreamedMessages.Raw>, Set<?>> places;

	private long read;

	private long written;

	/**
	 * Messages for some stores.
	 * @param writing writes them, and says how many a fact could be read from
	 * @param places where they go: of two that go to one place, the last one written
	 * stays
	 */
	private Replayed(ToIntFunction<List<StreamedMessages.Raw>> writing,
			Function<List<StreamedMessages.Raw>, Set<?>> places) {
		this.writing = writing;
		this.places = places;
	}

	/** Messages whose order does not matter to their stores. */
	static Replayed inAnyOrder(ToIntFunction<List<StreamedMessages.Raw>> writing) {
		return new Replayed(writing, (raws) -> Set.of());
	}

	/**
	 * Messages of weather, for all its stores; those that no fact can be read from go
	 * into none: they are among the dead letters.
	 */
	static Replayed weather(List<WeatherSink> sinks, StreamedMessages messages) {
		return new Replayed((raws) -> {
			List<WeatherMessage> good = good(raws, messages);
			if (!good.isEmpty()) {
				sinks.forEach((sink) -> sink.write(good));
			}
			return good.size();
		}, (raws) -> good(raws, messages).stream()
			.map((message) -> new Place(message.city(), message.observedAt()))
			.collect(Collectors.toSet()));
	}

	private record Place(String city, Instant observedAt) {
	}

	private static List<WeatherMessage> good(List<StreamedMessages.Raw> raws, StreamedMessages messages) {
		List<WeatherMessage> good = new ArrayList<>(raws.size());
		for (StreamedMessages.Raw raw : raws) {
			if (messages.read(raw) instanceof StreamedMessages.Read.Good read) {
				good.add(read.message());
			}
		}
		return good;
	}

	/** Whether some of them go where others went. */
	boolean areTogether(List<StreamedMessages.Raw> some, List<StreamedMessages.Raw> others) {
		return !Collections.disjoint(this.places.apply(some), this.places.apply(others));
	}

	void write(List<StreamedMessages.Raw> raws) {
		if (raws.isEmpty()) {
			return;
		}
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
