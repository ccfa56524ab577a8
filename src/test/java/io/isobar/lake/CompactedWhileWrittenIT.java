package io.isobar.lake;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Files are put together while messages are written, so that each finds the version taken
 * by the other.
 */
class CompactedWhileWrittenIT {

	private static final String ROOT = "/compacted-while-written";

	private static final StreamPart PART = new StreamPart("compacted", 0, 0);

	private static final Duration LONG = Duration.ofMinutes(2);

	private final Lake lake = new Lake(EmbeddedStores::hdfs, new LakeSettings(ROOT, 1));

	private final ReadingStore store = new ReadingStore(this.lake);

	/** The offset of the next message. */
	private final AtomicLong next = new AtomicLong();

	private final AtomicBoolean ended = new AtomicBoolean();

	@Test
	void eachMessageIsThereOnceThoughFilesArePutTogetherMeanwhile() {
		this.store.create();
		LakeReader compacting = new LakeReader(EmbeddedStores.hdfs(), ROOT);
		CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
			while (!this.ended.get()) {
				write();
			}
		});
		for (int i = 0; i < Math.max(1, 4 * Faults.repetitions()); i++) {
			long before = this.next.get();
			await().atMost(LONG).until(() -> writing.isDone() || this.next.get() > before + 15);
			assertThat(compacting.compact()).isPositive();
			Faults.injected("F10: files put together while messages are written");
		}
		this.ended.set(true);
		assertThat(writing).succeedsWithin(LONG);

		assertThat(offsets())
			.containsExactlyInAnyOrderElementsOf(LongStream.range(0, this.next.get()).boxed().toList());
		assertThat(this.store.positions(List.of(PART))).isEqualTo(Map.of(PART, this.next.get()));
	}

	private void write() {
		long from = this.next.get();
		Instant at = Instant.parse("2026-01-31T14:00:00Z");
		Reading reading = Reading.hour("Paris", at, Origin.OPEN_METEO, Channel.STREAM, at.plusSeconds(1), Values.NONE);
		List<Streamed> messages = LongStream.range(from, from + 3)
			.mapToObj((offset) -> new Streamed(reading, PART, offset, "{}"))
			.toList();
		try {
			this.store.append(messages, Map.of(PART, from + 3), Map.of(), (city) -> ZoneOffset.UTC);
			this.next.set(from + 3);
		}
		catch (IllegalStateException ex) {
			// It may be there all the same
			this.next.set(this.store.positions(List.of(PART)).getOrDefault(PART, 0L));
		}
	}

	private List<Long> offsets() {
		List<Long> offsets = new ArrayList<>();
		new LakeTable(this.lake).read(this.lake.readings(), this.store.version().orElseThrow(), List.of("kafka_offset"),
				(any) -> true, (values) -> offsets.add((Long) values[0]));
		return offsets;
	}

}
