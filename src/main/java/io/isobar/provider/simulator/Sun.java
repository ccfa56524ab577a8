package io.isobar.provider.simulator;

/** Where the sun stands over a place, well enough for weather. */
final class Sun {

	private static final double YEAR = 365.2425;

	private static final double TILT = Math.toRadians(23.44);

	private final double phi;

	private final double longitude;

	Sun(double latitude, double longitude) {
		// At the very pole a day has no noon
		this.phi = Math.toRadians(Math.max(-89, Math.min(89, latitude)));
		this.longitude = longitude;
	}

	/** Days since the year began. */
	static double dayOfYear(double hours) {
		double days = hours / 24;
		return days - YEAR * Math.floor(days / YEAR);
	}

	/** The hour by the sun: 12 at its highest. */
	double hour(double hours) {
		double local = hours + this.longitude / 15;
		return local - 24 * Math.floor(local / 24);
	}

	/** The sine of its height; negative at night. */
	double height(double hours) {
		double declination = declination(hours);
		return Math.sin(this.phi) * Math.sin(declination)
				+ Math.cos(this.phi) * Math.cos(declination) * Math.cos(Math.PI * (hour(hours) - 12) / 12);
	}

	/** Half the length of the day, in hours: 0 in the polar night, 12 in polar summer. */
	double halfDay(double hours) {
		double cosine = -Math.tan(this.phi) * Math.tan(declination(hours));
		return Math.acos(Math.max(-1, Math.min(1, cosine))) * 12 / Math.PI;
	}

	/** What reaches the top of the air in the mean of that day, in W/m². */
	double dailyMean(double hours) {
		double declination = declination(hours);
		double half = halfDay(hours) * Math.PI / 12;
		return 1361 / Math.PI * (half * Math.sin(this.phi) * Math.sin(declination)
				+ Math.cos(this.phi) * Math.cos(declination) * Math.sin(half));
	}

	private static double declination(double hours) {
		return -TILT * Math.cos(2 * Math.PI * (dayOfYear(hours) + 10) / YEAR);
	}

}
