package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import io.isobar.lake.ReadingStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.Streamed;

/** The table of readings, for the topic of weather. */
final class WeatherArchive implements Archive<Streamed> {

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

	@Override
	public Read<Streamed> read(ConsumerRecord<byte[], byte[]> record, Incarnation incarnation) {
		StreamedMessages.Read read = this.messages.read(record);
		if (read instanceof StreamedMessages.Read.Refused bad) {
			return Read.refused(bad.cause());
		}
		return Read.good(new Streamed(((StreamedMessages.Read.Good) read).message().reading(),
				incarnation.part(record.partition()), record.offset(),
				new String(record.value(), StandardCharsets.UTF_8)));
	}

	@Override
	public void write(List<Streamed> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
		this.readings.append(messages, positions, known, this.cities::zone);
	}

}
