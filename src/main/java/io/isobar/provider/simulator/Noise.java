package io.isobar.provider.simulator;

/**
 * Random weather without a state: a smooth function of place and time that is normally
 * distributed (mean 0, deviation 1) everywhere. Values at the corners of a lattice come
 * from a hash; between them they are blended, so near places and near times are alike.
 */
final class Noise {

	private static final double EARTH_RADIUS = 6371;

	/**
	 * One row for each scale: its share, the time between corners, hashes and weights.
	 */
	private final Scale[] scales;

	private Noise(Scale... scales) {
		this.scales = scales;
	}

	/**
	 * The noise of that name at a place, made of several scales.
	 * @param scales rows of: weight, km between corners, hours between corners; the
	 * squares of the weights sum up to 1
	 */
	static Noise at(long name, double latitude, double longitude, double[]... scales) {
		double phi = Math.toRadians(latitude);
		double lambda = Math.toRadians(longitude);
		double[] place = { EARTH_RADIUS * Math.cos(phi) * Math.cos(lambda),
				EARTH_RADIUS * Math.cos(phi) * Math.sin(lambda), EARTH_RADIUS * Math.sin(phi) };
		Scale[] placed = new Scale[scales.length];
		for (int scale = 0; scale < scales.length; scale++) {
			double[] row = scales[scale];
			placed[scale] = Scale.at(mix(name * 31 + scale), place, row[0], row[1], row[2]);
		}
		return new Noise(placed);
	}

	/** The value at that time, in hours since 1970. */
	double value(double hours) {
		double sum = 0;
		for (Scale scale : this.scales) {
			sum += scale.value(hours);
		}
		return sum;
	}

	/** A scrambled number (the finaliser of SplitMix64). */
	private static long mix(long number) {
		long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

	/** Nearly normal: the sum of four uniform numbers. */
	private static double normal(long bits) {
		long sum = (bits & 0xffff) + ((bits >>> 16) & 0xffff) + ((bits >>> 32) & 0xffff) + (bits >>> 48);
		return (sum - 131070.0) / 37837.2;
	}

	private static double smooth(double fraction) {
		return fraction * fraction * (3 - 2 * fraction);
	}

	private record Scale(double weight, double period, long[] corners, double[] shares) {

		static Scale at(long seed, double[] place, double weight, double distance, double period) {
			long[] corners = new long[8];
			double[] shares = new double[8];
			double squares = 0;
			for (int corner = 0; corner < 8; corner++) {
				long hash = seed;
				double share = 1;
				for (int axis = 0; axis < 3; axis++) {
					double position = place[axis] / distance;
					double below = Math.floor(position);
					double fraction = smooth(position - below);
					boolean upper = ((corner >> axis) & 1) == 1;
					share *= upper ? fraction : 1 - fraction;
					hash = mix(hash + 0x9e3779b97f4a7c15L * ((long) below + (upper ? 1 : 0)));
				}
				corners[corner] = hash;
				shares[corner] = share;
				squares += share * share;
			}
			// Blending makes values smaller; the deviation stays what it is at a corner
			for (int corner = 0; corner < 8; corner++) {
				shares[corner] /= Math.sqrt(squares);
			}
			return new Scale(weight, period, corners, shares);
		}

		double value(double hours) {
			double position = hours / this.period;
			long below = (long) Math.floor(position);
			double fraction = smooth(position - below);
			double before = 0;
			double after = 0;
			for (int corner = 0; corner < this.corners.length; corner++) {
				before += this.shares[corner] * normal(mix(this.corners[corner] + 0x9e3779b97f4a7c15L * below));
				after += this.shares[corner] * normal(mix(this.corners[corner] + 0x9e3779b97f4a7c15L * (below + 1)));
			}
			return this.weight * ((1 - fraction) * before + fraction * after)
					/ Math.sqrt((1 - fraction) * (1 - fraction) + fraction * fraction);
		}

	}

}
