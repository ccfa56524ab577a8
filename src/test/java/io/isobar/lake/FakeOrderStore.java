package io.isobar.lake;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.exceptions.KernelException;
import io.isobar.simulation.Fate;
import io.isobar.views.CustomerTotals;
import org.jspecify.annotations.Nullable;

/**
 * The table of orders, in memory: versions made by atomic commits that conflict where
 * they move the same positions.
 */
public class FakeOrderStore extends OrderStore {

	private record Version(int number, List<StreamedOrder> added, Map<StreamPart, Long> moved,
			Map<StreamPart, Long> positions) {
	}

	private final Fate fate;

	private final List<Version> versions = new ArrayList<>();

	private final StreamedAppend<Version, StreamedOrder> stream = new StreamedAppend<>(new Table(), "orders");

	@SuppressWarnings("NullAway")
	public FakeOrderStore(Fate fate) {
		super(null);
		this.fate = fate;
		this.versions.add(new Version(0, List.of(), Map.of(), Map.of()));
	}

	private final class Table implements StreamedAppend.Table<Version, StreamedOrder> {

		@Override
		public Version snapshot() {
			return newest();
		}

		@Override
		public Map<StreamPart, Long> positions(Version snapshot, Collection<StreamPart> parts) {
			Map<StreamPart, Long> found = new HashMap<>(snapshot.positions());
			found.keySet().retainAll(parts);
			return found;
		}

		@Override
		public void commit(Version snapshot, List<StreamedOrder> messages, Map<StreamPart, Long> positions) {
			List<StreamedOrder> added = List.copyOf(messages);
			FakeOrderStore.this.fate.run("commit to the lake", () -> {
				Version newest = FakeOrderStore.this.versions.get(FakeOrderStore.this.versions.size() - 1);
				for (int each = snapshot.number() + 1; each <= newest.number(); each++) {
					if (!java.util.Collections.disjoint(FakeOrderStore.this.versions.get(each).moved().keySet(),
							positions.keySet())) {
						throw new ConcurrentWriteException();
					}
				}
				FakeOrderStore.this.fate
					.note(() -> "version %d of the lake: %s, positions %s".formatted(newest.number() + 1,
							added.stream().map((each) -> each.part().number() + "/" + each.offset()).toList(),
							positions));
				Map<StreamPart, Long> all = new HashMap<>(newest.positions());
				all.putAll(positions);
				FakeOrderStore.this.versions.add(new Version(newest.number() + 1, added, Map.copyOf(positions), all));
			});
		}

	}

	private Version newest() {
		return this.fate.call("read the lake's log", () -> this.versions.get(this.versions.size() - 1));
	}

	@Override
	public void create() {
		newest();
	}

	@Override
	public Optional<Long> version() {
		return Optional.of((long) newest().number());
	}

	@Override
	public Described describe(long version) {
		Map<Integer, Long> positions = new TreeMap<>();
		if (version >= newest().number() + 1L) {
			throw new KernelException("There is no version " + version);
		}
		this.versions.get((int) version)
			.positions()
			.forEach((part, position) -> positions.put(part.number(), position));
		return new Described(positions, Set.of());
	}

	/**
	 * An older copy takes its place: one of its last versions. Nobody writes meanwhile.
	 */
	public void restore(int back) {
		int last = Math.max(0, this.versions.size() - 1 - back);
		this.versions.subList(last + 1, this.versions.size()).clear();
	}

	@Override
	public Map<StreamPart, Long> positions(Collection<StreamPart> parts) {
		return new Table().positions(newest(), parts);
	}

	@Override
	public int append(List<StreamedOrder> messages, Map<StreamPart, Long> positions, Map<StreamPart, Long> known) {
		for (int attempt = 0;; attempt++) {
			try {
				return this.stream.append(newest(), messages, positions, known);
			}
			catch (ConcurrentWriteException ex) {
				if (attempt >= 20) {
					throw ex;
				}
			}
		}
	}

	/** The orders of a version, without those of another one before it. */
	public List<StreamedOrder> orders(@Nullable Long since, long upTo) {
		if (upTo > newest().number()) {
			throw new IllegalStateException("There is no version " + upTo);
		}
		return this.fate.call("read orders from the lake",
				() -> this.versions.stream()
					.filter((each) -> each.number() <= upTo && (since == null || each.number() > since))
					.flatMap((each) -> each.added().stream())
					.toList());
	}

	/** As Spark folds them. */
	public CustomerTotals fold(@Nullable Long since, long upTo, BigDecimal minimum) {
		CustomerTotals totals = new CustomerTotals(minimum);
		orders(since, upTo).forEach((each) -> totals.add(each.order().customer(), each.order().amount()));
		return totals;
	}

}
