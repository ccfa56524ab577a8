package io.isobar.spark;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

import io.isobar.views.ReadingsFold;
import io.isobar.views.WeatherViews;
import io.isobar.weather.Resolution;

/**
 * The states of sorted rows, in one task: feeds the views' fold only as far as its
 * results are asked for.
 */
final class Folding implements Iterator<InternalRow> {

	/** What is made of readings. */
	enum Kind {

		/** The states of {@code city_day}. */
		DAYS,

		/** The states of {@code city_month_pairs}. */
		PAIRS,

		/** What counts in each hour. */
		HOURS;

		StructType schema() {
			return switch (this) {
				case DAYS -> StateRows.Days.schema();
				case PAIRS -> StateRows.Pairs.schema();
				case HOURS -> StateRows.Hours.schema();
			};
		}

	}

	/**
	 * What is to be folded.
	 *
	 * @param zones the zone of each city, by name
	 * @param chosen cities by month; null: all
	 * @param replaced sources whose rows count no longer; if there are any, rows have
	 * their source as last column
	 */
	record Order(Kind kind, HashMap<String, String> zones, @Nullable HashMap<String, Set<String>> chosen,
			HashSet<UTF8String> replaced) implements Serializable {

		private boolean isReplaced(ReadingRows row) {
			if (this.replaced.isEmpty()) {
				return false;
			}
			UTF8String source = row.source();
			return source != null && this.replaced.contains(source);
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
	record Run(@Nullable Long month, ReadingRows rows) {
	}

	private final Order order;

	private final Iterator<Run> runs;

	/** Cities whose rows are passed over. */
	private final Set<String> skipped;

	private final StateRows states;

	private final ReadingsFold fold;

	private @Nullable Run run;

	private UTF8String cityName = UTF8String.EMPTY_UTF8;

	private String city = "";

	private boolean isSkipped;

	Folding(Order order, Iterator<Run> runs, Set<String> skipped) {
		this.order = order;
		this.runs = runs;
		this.skipped = skipped;
		if (order.kind() == Kind.HOURS) {
			StateRows.Hours hours = new StateRows.Hours(this::isWanted, order::zone);
			this.states = hours;
			this.fold = ReadingsFold.ofSlots(order::zone, hours);
		}
		else {
			boolean days = order.kind() == Kind.DAYS;
			this.states = days ? new StateRows.Days(this::isWanted, order::zone) : new StateRows.Pairs(this::isWanted);
			this.fold = new ReadingsFold(order::zone, this.states,
					Set.of(days ? WeatherViews.CITY_DAY : WeatherViews.CITY_MONTH_PAIRS));
		}
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
				add(this.run.rows());
			}
			else {
				this.fold.finish();
				this.run = null;
				this.cityName = UTF8String.EMPTY_UTF8;
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

	private void enter(UTF8String name) {
		if (name.compareTo(this.cityName) < 0) {
			throw new IllegalStateException(
					"Readings are not sorted by city: %s after %s.".formatted(name, this.cityName));
		}
		this.cityName = name;
		this.city = name.toString();
		Long month = (this.run != null) ? this.run.month() : null;
		this.isSkipped = this.skipped.contains(this.city) || (month != null && !this.order.isChosen(this.city, month));
	}

	private void add(ReadingRows row) {
		UTF8String name = row.city();
		// The same city is the same object
		if (name != this.cityName) {
			enter(name);
		}
		if (this.isSkipped || this.order.isReplaced(row)) {
			return;
		}
		Resolution resolution = row.resolution();
		int index = this.fold.add(this.city, Math.floorDiv(row.observedAt(), 1_000_000L),
				Math.floorDiv(row.collected(), 1000L), row.channel(), row.origin(), resolution);
		row.values(this.fold.values(index));
		if (resolution == Resolution.DAY) {
			row.extremes(this.fold.lows(index), this.fold.highs(index));
		}
	}

}
