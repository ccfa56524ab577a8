package io.isobar.spark;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

import io.isobar.views.ReadingsFold;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Resolution;

/**
 * The states of sorted rows, in one task: feeds the views' fold only as far as its
 * results are asked for.
 */
final class Folding implements Iterator<InternalRow> {

	private static final int FIRST_VALUE = 6;

	/** Where the source of a row stands, if that is asked for. */
	private static final int SOURCE = FIRST_VALUE + 3 * Metric.COUNT;

	/**
	 * What is to be folded.
	 *
	 * @param days the states of {@code city_day}, else of {@code city_month_pairs}
	 * @param zones the zone of each city, by name
	 * @param chosen cities by month; null: all
	 * @param replaced sources whose rows count no longer; if there are any, rows have
	 * their source as last column
	 */
	record Order(boolean days, HashMap<String, String> zones, @Nullable HashMap<String, Set<String>> chosen,
			HashSet<UTF8String> replaced) implements Serializable {

		private boolean isReplaced(InternalRow row) {
			return !this.replaced.isEmpty() && !row.isNullAt(SOURCE)
					&& this.replaced.contains(row.getUTF8String(SOURCE));
		}

		private boolean isChosen(String city, long month) {
			return this.chosen == null
					|| this.chosen.getOrDefault(StateRows.month(month).toString(), Set.of()).contains(city);
		}

		private ZoneId zone(String city) {
			String zone = this.zones.get(city);
			if (zone == null) {
				throw new IllegalStateException("No zone is known for the city %s.".formatted(city));
			}
			return ZoneId.of(zone);
		}

	}

	/**
	 * Rows sorted by (city, observed_at).
	 *
	 * @param month the only one that they belong to; null: they may be of any
	 */
	record Run(@Nullable Long month, SortedReadings.Rows rows) {
	}

	private final Order order;

	private final Iterator<Run> runs;

	/** Cities whose rows are passed over. */
	private final Set<String> skipped;

	private final StateRows states;

	private final ReadingsFold fold;

	private final Map<UTF8String, Origin> origins = new HashMap<>();

	private @Nullable Run run;

	private UTF8String cityBytes = UTF8String.EMPTY_UTF8;

	private String city = "";

	private boolean isSkipped;

	Folding(Order order, Iterator<Run> runs, Set<String> skipped) {
		this.order = order;
		this.runs = runs;
		this.skipped = skipped;
		this.states = order.days() ? new StateRows.Days(this::isWanted, order::zone)
				: new StateRows.Pairs(this::isWanted);
		this.fold = new ReadingsFold(order::zone, this.states);
	}

	@Override
	public boolean hasNext() {
		while (this.states.ready.isEmpty()) {
			if (this.run == null) {
				if (!this.runs.hasNext()) {
					return false;
				}
				this.run = this.runs.next();
			}
			if (this.run.rows().next()) {
				add(this.run.rows().row());
			}
			else {
				this.fold.finish();
				this.run = null;
				this.cityBytes = UTF8String.EMPTY_UTF8;
			}
		}
		return true;
	}

	@Override
	public InternalRow next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		return this.states.ready.remove();
	}

	private boolean isWanted(String city, long month) {
		Long only = (this.run != null) ? this.run.month() : null;
		if (only != null && only != month) {
			throw new IllegalStateException(
					"Readings of %s that belong to %s lie in %s, though the table knows of no other zone of the city."
						.formatted(city, StateRows.month(month), StateRows.month(only)));
		}
		return only != null || this.order.isChosen(city, month);
	}

	private void enter(UTF8String bytes) {
		if (bytes.compareTo(this.cityBytes) < 0) {
			throw new IllegalStateException(
					"Readings are not sorted by city: %s after %s.".formatted(bytes, this.cityBytes));
		}
		// The row is reused by Spark, so its bytes are copied
		this.cityBytes = bytes.clone();
		this.city = bytes.toString();
		Long month = (this.run != null) ? this.run.month() : null;
		this.isSkipped = this.skipped.contains(this.city) || (month != null && !this.order.isChosen(this.city, month));
	}

	private void add(InternalRow row) {
		UTF8String bytes = row.getUTF8String(0);
		if (!bytes.equals(this.cityBytes)) {
			enter(bytes);
		}
		if (this.isSkipped || this.order.isReplaced(row)) {
			return;
		}
		Resolution resolution = (row.getUTF8String(2).numBytes() == 3) ? Resolution.DAY : Resolution.HOUR;
		int index = this.fold.add(this.city, Math.floorDiv(row.getLong(1), 1_000_000L),
				Math.floorDiv(row.getLong(5), 1000L), channel(row.getUTF8String(4)), origin(row.getUTF8String(3)),
				resolution);
		double[] values = this.fold.values(index);
		for (int metric = 0; metric < Metric.COUNT; metric++) {
			values[metric] = number(row, FIRST_VALUE + metric);
		}
		if (resolution == Resolution.DAY) {
			double[] lows = this.fold.lows(index);
			double[] highs = this.fold.highs(index);
			for (int metric = 0; metric < Metric.COUNT; metric++) {
				lows[metric] = number(row, FIRST_VALUE + Metric.COUNT + 2 * metric);
				highs[metric] = number(row, FIRST_VALUE + Metric.COUNT + 2 * metric + 1);
			}
		}
	}

	private static double number(InternalRow row, int column) {
		return row.isNullAt(column) ? Double.NaN : row.getDouble(column);
	}

	private static Channel channel(UTF8String column) {
		// history, file, stream: told apart by their first letter
		return switch (column.getByte(0)) {
			case 'h' -> Channel.HISTORY;
			case 'f' -> Channel.FILE;
			default -> Channel.STREAM;
		};
	}

	private Origin origin(UTF8String column) {
		Origin origin = this.origins.get(column);
		if (origin == null) {
			origin = new Origin(column.toString());
			this.origins.put(column.clone(), origin);
		}
		return origin;
	}

}
