package io.isobar.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each message once, whatever comes twice and whatever a commit says. */
class StreamedReadingsTests {

	private static final StreamPart PART = new StreamPart("weather", 1, 2);

	private enum Fault {

		BEFORE, AFTER

	}

	@TempDir
	Path folder;

	private final Deque<Fault> faults = new ArrayDeque<>();

	private ReadingStore store;

	private Lake lake;

	@BeforeEach
	void table() {
		this.lake = new FailingLake(this.folder);
		this.store = new ReadingStore(this.lake);
		this.store.create();
	}

	@Test
	void messagesAreWrittenWithThePositionBehindThem() {
		assertThat(append(0, 5)).isEqualTo(5);

		assertThat(this.store.positions(List.of(PART))).isEqualTo(Map.of(PART, 5L));
		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
	}

	@Test
	void aBatchThatComesAgainWithOtherBordersIsTrimmed() {
		append(0, 5);

		assertThat(append(3, 8)).isEqualTo(3);
		assertThat(append(2, 6)).isZero();

		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
		assertThat(this.store.positions(List.of(PART))).isEqualTo(Map.of(PART, 8L));
	}

	@Test
	void anotherIncarnationOfTheTopicHasAPositionOfItsOwn() {
		append(0, 5);
		StreamPart next = new StreamPart("weather", 2, 2);

		this.store.append(messages(next, 0, 3), Map.of(next, 3L), (city) -> ZoneOffset.UTC);

		assertThat(this.store.positions(List.of(PART, next))).isEqualTo(Map.of(PART, 5L, next, 3L));
		assertThat(offsets()).hasSize(8);
	}

	@Test
	void aCommitThatFailedIsDoneAgain() {
		this.faults.add(Fault.BEFORE);
		this.faults.add(Fault.BEFORE);

		assertThatThrownBy(() -> append(0, 5)).isInstanceOf(IllegalStateException.class);
		assertThatThrownBy(() -> append(0, 6)).isInstanceOf(IllegalStateException.class);
		assertThat(append(0, 5)).isEqualTo(5);

		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
	}

	@Test
	void aCommitThatThrewAndSucceededIsNotDoneAgain() {
		this.faults.add(Fault.AFTER);

		append(0, 5);
		append(0, 7);

		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L);
	}

	private int append(long from, long to) throws ConcurrentWriteException {
		return this.store.append(messages(PART, from, to), Map.of(PART, to), (city) -> ZoneOffset.UTC);
	}

	private static List<Streamed> messages(StreamPart part, long from, long to) {
		Reading reading = Reading.hour("Paris", Instant.parse("2026-01-31T14:00:00Z"), Origin.OPEN_METEO,
				Channel.STREAM, Instant.parse("2026-01-31T14:00:01Z"), Values.NONE);
		return LongStream.range(from, to).mapToObj((offset) -> new Streamed(reading, part, offset, "{}")).toList();
	}

	private List<Long> offsets() {
		List<Long> offsets = new ArrayList<>();
		new LakeTable(this.lake).read(this.lake.readings(), this.store.version().orElseThrow(), List.of("kafka_offset"),
				(partition) -> true, (values) -> offsets.add((Long) values[0]));
		return offsets;
	}

	/** Its commits fail as the faults say, before or after they have succeeded. */
	private final class FailingLake extends Lake {

		FailingLake(Path folder) {
			super(() -> URI.create("file:///"), new LakeSettings(folder.toAbsolutePath().toString(), 2));
		}

		@Override
		Engine engine() {
			Engine engine = super.engine();
			JsonHandler json = engine.getJsonHandler();
			JsonHandler failing = proxy(JsonHandler.class, json, "writeJsonFileAtomically");
			return (Engine) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Engine.class },
					(proxy, method, arguments) -> method.getName().equals("getJsonHandler") ? failing
							: method.invoke(engine, arguments));
		}

		private <T> T proxy(Class<T> type, T target, String write) {
			return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> {
						Fault fault = method.getName().equals(write) ? StreamedReadingsTests.this.faults.poll() : null;
						if (fault == Fault.BEFORE) {
							throw new UncheckedIOException(new IOException("The disk is full."));
						}
						try {
							Object result = method.invoke(target, arguments);
							if (fault == Fault.AFTER) {
								throw new UncheckedIOException(new IOException("The connection was reset."));
							}
							return result;
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					}));
		}

	}

}
