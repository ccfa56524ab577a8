package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import io.isobar.lake.ReadingStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.Streamed;

/** The table of readings, for the topic of weather. */
final class WeatherArchive implements Archive {

	private final Topics topics;

	private final StreamedMessages messages;

	private final MessageCities cities;

	private final ReadingStore readings;

	WeatherArchive(Topics topics, StreamedMessages messages, MessageCities cities, ReadingStore readings) {
		this.topics = topics;
		this.messages = messages;
		this.cities = cities;
		this.readings = readings;
	}

	@Override
	public String name() {
		return "lake";
	}

	@Override
	public String topic() {
		return this.topics.weather();
	}

	@Override
	public void create() {
		this.readings.create();
	}

	@Override
	public Map<StreamPart, Long> positions(Collection<StreamPart> parts) {
		return this.readings.positions(parts);
	}

	private record ReadMessage(StreamedMessages.Read read) implements Read {

		@Override
		public @Nullable String refused() {
			return (this.read instanceof StreamedMessages.Read.Refused bad) ? bad.cause() : null;
		}

	}

	@Override
	public Read read(ConsumerRecord<byte[], byte[]> record) {
		return new ReadMessage(this.messages.read(record));
	}

	@Override
	public Gathered gather(Incarnation incarnation) {
		return new GatheredReadings(incarnation);
	}

	private final class GatheredReadings implements Gathered {

		private final Incarnation incarnation;

		private final List<Streamed> gathered = new ArrayList<>();

		GatheredReadings(Incarnation incarnation) {
			this.incarnation = incarnation;
		}

		@Override
		public void add(ConsumerRecord<byte[], byte[]> record, Read read) {
			if (read instanceof ReadMessage message && message.read() instanceof StreamedMessages.Read.Good good) {
				this.gathered.add(new Streamed(good.message().reading(), this.incarnation.part(record.partition()),
						record.offset(), new String(record.value(), StandardCharsets.UTF_8)));
			}
		}

		@Override
		public void forget(int partition) {
			this.gathered.removeIf((message) -> message.part().partition() == partition);
		}

		@Override
		public boolean isEmpty() {
			return this.gathered.isEmpty();
		}

		@Override
		public void write(Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
			WeatherArchive.this.readings.append(this.gathered, positions, known, WeatherArchive.this.cities::zone);
		}

		@Override
		public OptionalLong oldest() {
			return this.gathered.stream().mapToLong((message) -> message.reading().collected().toEpochMilli()).min();
		}

		@Override
		public void clear() {
			this.gathered.clear();
		}

	}

}
