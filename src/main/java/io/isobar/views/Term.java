package io.isobar.views;

import io.isobar.weather.Metric;

/**
 * What a component takes from the values of one slot. A missing value touches no
 * component.
 */
public sealed interface Term {

	/** How what was taken merges. */
	Component.Merge merge();

	/** One for every slot that has any value. */
	record Readings() implements Term {

		@Override
		public Component.Merge merge() {
			return Component.Merge.COUNT;
		}

	}

	/** One for every slot whose best reading has that origin. */
	record ReadingsOf(int originCode) implements Term {

		@Override
		public Component.Merge merge() {
			return Component.Merge.COUNT;
		}

	}

	/** One for every value of the metric. */
	record Count(Metric metric) implements Term {

		@Override
		public Component.Merge merge() {
			return Component.Merge.COUNT;
		}

	}

	/** The values of the metric to the power of 1 or 2. */
	record Power(Metric metric, int exponent) implements Term {

		@Override
		public Component.Merge merge() {
			return Component.Merge.SUM;
		}

	}

	/** The lowest value of the metric. */
	record Lowest(Metric metric) implements Term {

		@Override
		public Component.Merge merge() {
			return Component.Merge.MIN_AT;
		}

	}

	/** The highest value of the metric. */
	record Highest(Metric metric) implements Term {

		@Override
		public Component.Merge merge() {
			return Component.Merge.MAX_AT;
		}

	}

	/** One for every slot in which both metrics have a value. */
	record PairCount(Metric first, Metric second) implements Term {

		@Override
		public Component.Merge merge() {
			return Component.Merge.COUNT;
		}

	}

	/** first^i · second^j over the slots in which both metrics have a value. */
	record PairProduct(Metric first, Metric second, int i, int j) implements Term {

		@Override
		public Component.Merge merge() {
			return Component.Merge.SUM;
		}

	}

}
