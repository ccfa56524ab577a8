package io.isobar.lake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.isobar.simulation.Fate;
import io.isobar.weather.Reading;

/**
 * The table of readings, in memory: versions made by atomic commits, those of the stream
 * with its position.
 */
public final class FakeReadings {

	private static final StreamPart PART = new StreamPart("weather", 0, 0);

	private record Version(int number, List<Reading> added, long position) {
	}

	private final Fate fate;

	private final List<Version> versions = new ArrayList<>();

	private final StreamedAppend<Version, Streamed> stream = new StreamedAppend<>(new Table(), "readings");

	public FakeReadings(Fate fate) {
		this.fate = fate;
		this.versions.add(new Version(0, List.of(), 0));
	}

	private final class Table implements StreamedAppend.Table<Version, Streamed> {

		@Override
		public Version snapshot() {
			return newest();
		}

		@Override
		public Map<StreamPart, Long> positions(Version snapshot, Collection<StreamPart> parts) {
			Map<StreamPart, Long> found = new HashMap<>();
			parts.forEach((part) -> found.put(part, snapshot.position()));
			return found;
		}

		@Override
		public void commit(Version snapshot, List<Streamed> messages, Map<StreamPart, Long> positions) {
			List<Reading> added = messages.stream().map(Streamed::reading).toList();
			FakeReadings.this.fate.run("commit to the lake", () -> {
				Version newest = last();
				if (newest.position() != snapshot.position()) {
					throw new ConcurrentWriteException();
				}
				add(added, positions.get(PART));
			});
		}

	}

	private Version last() {
		return this.versions.get(this.versions.size() - 1);
	}

	private Version newest() {
		return this.fate.call("read the lake's log", this::last);
	}

	private void add(List<Reading> added, long position) {
		this.versions.add(new Version(last().number() + 1, List.copyOf(added), position));
	}

	/** Up to where the stream is in it; exclusive. */
	public long position() {
		return newest().position();
	}

	/** The newest version. */
	public long version() {
		return newest().number();
	}

	/** Writes messages of the stream that begin at an offset. */
	public void archive(List<Reading> messages, long from) {
		List<Streamed> streamed = new ArrayList<>();
		for (int i = 0; i < messages.size(); i++) {
			streamed.add(new Streamed(messages.get(i), PART, from + i, ""));
		}
		try {
			this.stream.append(newest(), streamed, Map.of(PART, from + messages.size()), Map.of());
		}
		catch (ConcurrentWriteException ex) {
			// Another was faster; who begins anew sees where it is
		}
	}

	/** Writes what came in otherwise. */
	public void append(List<Reading> readings) {
		this.fate.run("append to the lake", () -> add(readings, last().position()));
	}

	/** All that a version has, as nobody can ask who may fail. */
	public List<Reading> at(long version) {
		return this.versions.stream()
			.filter((each) -> each.number() <= version)
			.flatMap((each) -> each.added().stream())
			.toList();
	}

	/** Up to where the stream is in a version, as nobody can ask who may fail. */
	public long positionAt(long version) {
		return this.versions.get((int) version).position();
	}

}
