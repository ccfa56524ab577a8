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
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.isobar.embedded.Faults;
import io.isobar.weather.Channel;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each message once, whatever comes twice and whatever a commit says. */
class StreamedReadingsTests {

	private static final StreamPart PART = new StreamPart("weather", 1, 2);

	private static final StreamPart OTHER = new StreamPart("weather", 1, 3);

	/** What is wrong with a commit. */
	private enum Fault {

		/** It fails. */
		BEFORE,
		/** It says that it fails, and has succeeded. */
		AFTER,
		/** Another writer has taken the version, with messages of another partition. */
		TAKEN,
		/** Another writer has taken the version, with these very messages and more. */
		OVERTAKEN

	}

	@TempDir
	Path folder;

	private final Deque<Fault> faults = new ArrayDeque<>();

	private ReadingStore store;

	/** Another writer, to whom nothing happens. */
	private ReadingStore others;

	private Lake lake;

	private long othersEnd;

	/** Of what is being appended. */
	private long end;

	@BeforeEach
	void table() {
		this.lake = new FailingLake(this.folder);
		this.others = new ReadingStore(new Lake(() -> URI.create("file:///"), settings(this.folder)));
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
	void messagesOfSeveralPartitionsAndMonthsAreOneCommitWithTheirPositions() {
		long version = this.store.version().orElseThrow();
		List<Streamed> messages = Stream.of(PART, OTHER)
			.flatMap((part) -> LongStream.range(0, 4)
				.mapToObj((offset) -> new Streamed(reading("2026-0%d-28T14:00:00Z".formatted(1 + offset)), part, offset,
						"{}")))
			.toList();

		this.store.append(messages, Map.of(PART, 4L, OTHER, 4L), Map.of(), (city) -> ZoneOffset.UTC);

		assertThat(this.store.version()).hasValue(version + 1);
		assertThat(this.store.positions(List.of(PART, OTHER))).isEqualTo(Map.of(PART, 4L, OTHER, 4L));
		assertThat(offsets(2)).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
		assertThat(offsets(3)).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
		Set<String> months = new TreeSet<>();
		new LakeTable(this.lake).read(this.lake.readings(), version + 1, List.of("month"), (any) -> true,
				(values) -> months.add(String.valueOf(values[0])));
		assertThat(months).hasSize(4);
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

		this.store.append(messages(next, 0, 3), Map.of(next, 3L), Map.of(), (city) -> ZoneOffset.UTC);

		assertThat(this.store.positions(List.of(PART, next))).isEqualTo(Map.of(PART, 5L, next, 3L));
		assertThat(offsets()).hasSize(8);
	}

	@Test
	void intoATableThatHoldsLessThanItHeldNothingIsWritten() {
		append(0, 5);

		assertThatThrownBy(() -> this.store.append(messages(PART, 8, 9), Map.of(PART, 9L), Map.of(PART, 8L),
				(city) -> ZoneOffset.UTC))
			.isInstanceOfSatisfying(WentBack.class, (ex) -> assertThat(ex.there()).isEqualTo(Map.of(PART, 5L)));
		assertThatThrownBy(
				() -> this.store.append(List.of(), Map.of(), Map.of(PART, 8L, OTHER, 1L), (city) -> ZoneOffset.UTC))
			.isInstanceOfSatisfying(WentBack.class,
					(ex) -> assertThat(ex.there()).isEqualTo(Map.of(PART, 5L, OTHER, 0L)));

		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
	}

	@Test
	void aTableThatIsGoneHoldsNothing() throws IOException {
		append(0, 5);
		FileSystemUtils.deleteRecursively(this.folder);

		assertThatThrownBy(() -> this.store.append(messages(PART, 5, 6), Map.of(PART, 6L), Map.of(PART, 5L),
				(city) -> ZoneOffset.UTC))
			.isInstanceOfSatisfying(WentBack.class, (ex) -> assertThat(ex.there()).isEqualTo(Map.of(PART, 0L)));
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
	void howeverOftenACommitFailsItIsDoneAgain() {
		for (int i = 0; i < 10; i++) {
			this.faults.add(Fault.BEFORE);
		}

		while (!isAppended(0, 5)) {
			assertThat(offsets()).isEmpty();
		}

		assertThat(this.faults).isEmpty();
		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
	}

	@Test
	void aCommitThatThrewAndSucceededIsNotDoneAgain() {
		this.faults.add(Fault.AFTER);

		append(0, 5);
		append(0, 7);

		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L);
	}

	@Test
	void whoseVersionWasTakenMeanwhileWritesTheNext() {
		this.faults.add(Fault.TAKEN);

		assertThat(append(0, 5)).isEqualTo(5);

		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 0L);
		assertThat(this.store.positions(List.of(PART, OTHER))).isEqualTo(Map.of(PART, 5L, OTHER, 1L));
	}

	@Test
	void whoWasOvertakenWritesNothing() {
		this.faults.add(Fault.OVERTAKEN);

		assertThat(append(0, 5)).isZero();

		assertThat(offsets()).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L);
		assertThat(this.store.positions(List.of(PART))).isEqualTo(Map.of(PART, 6L));
	}

	/** As the sink does: until it succeeds, and some of it again. */
	@ParameterizedTest
	@MethodSource("seeds")
	void ofTwentyBatchesWithAnyFaultsEachMessageIsThereOnce(long seed) {
		Random random = new Random(seed);
		long position = 0;
		for (int batch = 0; batch < 20; batch++) {
			long from = Math.max(0, position - random.nextInt(4));
			long to = position + 1 + random.nextInt(5);
			for (int failures = random.nextInt(11) - 5; failures > 0; failures--) {
				this.faults.add(Fault.values()[random.nextInt(Fault.values().length)]);
			}
			while (!isAppended(from, to)) {
				assertThat(this.store.positions(List.of(PART)).getOrDefault(PART, 0L)).isLessThan(to);
			}
			position = this.store.positions(List.of(PART)).get(PART);
			assertThat(position).isGreaterThanOrEqualTo(to);
		}

		assertThat(offsets(2)).containsExactlyInAnyOrderElementsOf(LongStream.range(0, position).boxed().toList());
		assertThat(offsets(3))
			.containsExactlyInAnyOrderElementsOf(LongStream.range(0, this.othersEnd).boxed().toList());
	}

	static LongStream seeds() {
		return LongStream.range(0, Math.max(2, 4L * Faults.repetitions()));
	}

	private boolean isAppended(long from, long to) {
		try {
			append(from, to);
			return true;
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	private int append(long from, long to) throws ConcurrentWriteException {
		this.end = to;
		return this.store.append(messages(PART, from, to), Map.of(PART, to), Map.of(), (city) -> ZoneOffset.UTC);
	}

	private static List<Streamed> messages(StreamPart part, long from, long to) {
		Reading reading = reading("2026-01-31T14:00:00Z");
		return LongStream.range(from, to).mapToObj((offset) -> new Streamed(reading, part, offset, "{}")).toList();
	}

	private static Reading reading(String at) {
		return Reading.hour("Paris", Instant.parse(at), Origin.OPEN_METEO, Channel.STREAM,
				Instant.parse(at).plusSeconds(1), Values.NONE);
	}

	private List<Long> offsets() {
		return Stream.of(2, 3).flatMap((partition) -> offsets(partition).stream()).toList();
	}

	private List<Long> offsets(int partition) {
		List<Long> offsets = new ArrayList<>();
		new LakeTable(this.lake).read(this.lake.readings(), this.store.version().orElseThrow(),
				List.of("kafka_partition", "kafka_offset"), (any) -> true, (values) -> {
					if ((Integer) values[0] % 1000 == partition) {
						offsets.add((Long) values[1]);
					}
				});
		return offsets;
	}

	private static LakeSettings settings(Path folder) {
		return new LakeSettings(folder.toAbsolutePath().toString(), 2);
	}

	private void writeBefore(Fault fault) {
		if (fault == Fault.TAKEN) {
			this.others.append(messages(OTHER, this.othersEnd, this.othersEnd + 1), Map.of(OTHER, ++this.othersEnd),
					Map.of(), (city) -> ZoneOffset.UTC);
		}
		else if (fault == Fault.OVERTAKEN) {
			this.others.append(messages(PART, 0, this.end + 1), Map.of(PART, this.end + 1), Map.of(),
					(city) -> ZoneOffset.UTC);
		}
	}

	/** Its commits fail as the faults say, before or after they have succeeded. */
	private final class FailingLake extends Lake {

		FailingLake(Path folder) {
			super(() -> URI.create("file:///"), settings(folder));
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
						if (fault != null) {
							writeBefore(fault);
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
