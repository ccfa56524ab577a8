package io.isobar.provider.simulator;

/**
 * What is usual at a place, by its latitude, and by its height where a highland is known.
 *
 * @param latitude degrees north
 * @param mean of the year, in °C
 * @param season half the difference between the warmest and the coldest month, in °C;
 * negative in the south
 */
record Climate(double latitude, double mean, double season) {

	private static final double YEAR = 365.2425;

	/** The coldest day of the northern year. */
	private static final double COLDEST = 18;

	/** °C lost in a kilometre of height. */
	private static final double LAPSE = 5.2;

	/** Highlands with large cities: latitude, longitude, km above the sea. */
	private static final double[][] HIGHLANDS = { { -0.2, -78.5, 2.8 }, { 4.7, -74.1, 2.6 }, { -16.5, -68.1, 3.6 },
			{ -13.5, -72.0, 3.4 }, { 19.4, -99.1, 2.2 }, { 9.0, 38.7, 2.35 }, { -1.3, 36.8, 1.8 }, { -26.2, 28.0, 1.7 },
			{ 39.7, -105.0, 1.6 }, { 34.5, 69.2, 1.8 }, { 35.7, 51.4, 1.2 }, { 29.7, 91.1, 3.6 }, { 47.9, 106.9, 1.3 },
			{ 40.4, -3.7, 0.65 } };

	/** How far a highland reaches, in degrees. */
	private static final double REACH = 0.8;

	static Climate of(double latitude, double longitude) {
		double slant = Math.pow(Math.sin(Math.toRadians(latitude)), 2);
		double mean = 27 - 0.006 * latitude * latitude - LAPSE * height(latitude, longitude);
		double season = 0.8 * Math.tanh(latitude / 5) + Math.signum(latitude) * 12.2 * slant;
		return new Climate(latitude, mean, season);
	}

	/** The usual temperature of that time of the year, in °C. */
	double temperature(double hours) {
		return this.mean - this.season * Math.cos(2 * Math.PI * (Sun.dayOfYear(hours) - COLDEST) / YEAR);
	}

	/** How changeable the weather is: from 0 at the equator to 1 at the poles. */
	double changeable() {
		return Math.pow(Math.sin(Math.toRadians(this.latitude)), 2);
	}

	private static double height(double latitude, double longitude) {
		double height = 0;
		for (double[] highland : HIGHLANDS) {
			double north = latitude - highland[0];
			double east = (longitude - highland[1]) * Math.cos(Math.toRadians(latitude));
			height += highland[2] * Math.exp(-(north * north + east * east) / (2 * REACH * REACH));
		}
		return height;
	}

}
