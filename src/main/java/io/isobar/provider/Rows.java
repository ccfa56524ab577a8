package io.isobar.provider;

import java.util.ArrayList;
import java.util.List;

import io.isobar.weather.Reading;

/**
 * The readings of one answer and what became of its other rows.
 *
 * @param readings in the order of the answer
 */
public record Rows(List<Reading> readings, Counts counts) {

	public Rows {
		readings = List.copyOf(readings);
	}

	/** Gathers rows one after the other. */
	public static final class Gatherer {

		private final List<Reading> readings = new ArrayList<>();

		private final List<String> rejections = new ArrayList<>();

		private int filtered;

		private int rejected;

		private int flagged;

		/** A row that may be a reading; without any value it is filtered. */
		public void add(Reading reading) {
			this.flagged += reading.flagged().size();
			if (reading.isEmpty() && reading.flagged().isEmpty()) {
				this.filtered++;
			}
			else {
				this.readings.add(reading);
			}
		}

		/** A row that is no reading. */
		public void filter() {
			this.filtered++;
		}

		/** A row that cannot be read, and why. */
		public void reject(String sentence) {
			this.rejected++;
			if (this.rejections.size() < Counts.SENTENCES) {
				this.rejections.add(sentence);
			}
		}

		public Rows rows() {
			int read = this.readings.size() + this.filtered + this.rejected;
			return new Rows(this.readings,
					new Counts(read, this.filtered, this.rejected, this.flagged, this.rejections));
		}

	}

}
