package io.isobar.provider.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import io.isobar.weather.Metric;
import io.isobar.weather.ReadingDraft;

/**
 * The weather of one place as a pure function of time. Weather systems of several days
 * decide the pressure; low pressure and moist air make clouds, clouds make rain and take
 * the sun away; rain cools and moistens. An object remembers snow while it is used by one
 * thread, which changes no result.
 */
final class SimulatedWeather {

	/** How much of the time it rains: this many deviations above the mean. */
	private static final double RAIN = 1.5;

	/** Days after which old snow has no influence any more. */
	private static final int SNOW_MEMORY = 45;

	private static final double HOURS_OF_DAY = 24;

	private final Climate climate;

	private final Sun sun;

	private final Noise systems;

	private final Noise moisture;

	private final Noise air;

	private final Noise showers;

	private final Noise gusts;

	private final Noise winds;

	private final Map<Long, double[]> snowOfDays = new HashMap<>();

	SimulatedWeather(double latitude, double longitude) {
		this.climate = Climate.of(latitude, longitude);
		this.sun = new Sun(latitude, longitude);
		this.systems = Noise.at(1, latitude, longitude,
				new double[][] { { 0.80, 1500, 96 }, { 0.52, 1000, 48 }, { 0.30, 700, 24 } });
		this.moisture = Noise.at(2, latitude, longitude, new double[][] { { 0.8, 1000, 60 }, { 0.6, 500, 20 } });
		this.air = Noise.at(3, latitude, longitude, new double[][] { { 0.75, 2000, 144 }, { 0.66, 1200, 72 } });
		this.showers = Noise.at(4, latitude, longitude, new double[][] { { 0.8, 150, 6 }, { 0.6, 60, 2 } });
		this.gusts = Noise.at(5, latitude, longitude, new double[][] { { 0.8, 500, 18 }, { 0.6, 200, 5 } });
		this.winds = Noise.at(6, latitude, longitude, new double[][] { { 1, 1000, 40 } });
	}

	/** What is measured at that instant, without sums. */
	void now(Instant instant, ReadingDraft draft) {
		double hours = hours(instant);
		Sky sky = sky(hours);
		double temperature = temperature(hours, sky);
		double dewPoint = Math.min(dewPoint(hours, sky), temperature);
		double wind = wind(hours, sky);
		double humidity = 100 * saturation(dewPoint) / saturation(temperature);
		double sun = Math.max(0, this.sun.height(hours));
		draft.value(Metric.TEMPERATURE, tenths(temperature));
		draft.value(Metric.FEELS_LIKE, tenths(feelsLike(temperature, humidity, wind)));
		draft.value(Metric.DEW_POINT, tenths(dewPoint));
		draft.value(Metric.HUMIDITY, tenths(humidity));
		draft.value(Metric.PRESSURE, tenths(pressure(hours, sky)));
		draft.value(Metric.WIND_SPEED, tenths(wind));
		draft.value(Metric.WIND_GUST, tenths(gust(wind, sky)));
		draft.value(Metric.WIND_DIRECTION, (double) Math.round(direction(hours, sky)) % 360);
		draft.value(Metric.PRECIPITATION_PROBABILITY, (double) Math.round(100 * logistic(4 * (sky.wetness - RAIN))));
		draft.value(Metric.SNOW_DEPTH, tenths(snowDepth(hours)));
		draft.value(Metric.CLOUD_COVER, tenths(100 * sky.cover));
		draft.value(Metric.VISIBILITY, tenths(visibility(humidity, rain(sky, temperature))));
		draft.value(Metric.SOLAR_RADIATION, (double) Math.round(radiation(sun, sky)));
		draft.value(Metric.UV_INDEX, tenths(12.5 * Math.pow(sun, 2.4) * (1 - 0.6 * Math.pow(sky.cover, 2))));
		draft.conditions(words(sky, temperature));
	}

	/** The hour that begins then: its first instant, and the sums of the whole. */
	void hour(Instant hour, ReadingDraft draft) {
		now(hour, draft);
		double middle = hours(hour) + 0.5;
		Sky sky = sky(middle);
		double temperature = temperature(middle, sky);
		double precipitation = tenths(rain(sky, temperature));
		draft.value(Metric.PRECIPITATION, precipitation);
		draft.value(Metric.SNOW, tenths(snow(precipitation, temperature)));
		draft.value(Metric.SOLAR_RADIATION, (double) Math.round(radiation(Math.max(0, this.sun.height(middle)), sky)));
	}

	boolean isRaining(Instant instant) {
		Sky sky = sky(hours(instant));
		return tenths(rain(sky, temperature(hours(instant), sky))) > 0;
	}

	boolean isStormy(Instant instant) {
		Sky sky = sky(hours(instant));
		return isStormy(sky, temperature(hours(instant), sky));
	}

	/** In °C. */
	double temperature(Instant instant) {
		double hours = hours(instant);
		return tenths(temperature(hours, sky(hours)));
	}

	/** The sum of the hour that begins then, in mm. */
	double precipitation(Instant hour) {
		double middle = hours(hour) + 0.5;
		Sky sky = sky(middle);
		return tenths(rain(sky, temperature(middle, sky)));
	}

	private Sky sky(double hours) {
		double system = this.systems.value(hours);
		double moisture = this.moisture.value(hours);
		double shower = this.showers.value(hours);
		double steady = -0.75 * system + 0.75 * moisture;
		double wetness = (steady + 0.5 * shower) / 1.17;
		return new Sky(system, moisture, shower, wetness, logistic(1.5 * steady + 0.6 * shower + 0.2),
				logistic(1.5 * steady + 0.2));
	}

	private double temperature(double hours, Sky sky) {
		double swing = (1.2 + 0.013 * this.sun.dailyMean(hours)) * (1 - 0.6 * sky.steadyCover);
		return ofTheAir(hours) + swing * dayShape(hours) - coolness(sky);
	}

	/** What the season and the air that has come bring, whatever the hour, in °C. */
	private double ofTheAir(double hours) {
		return this.climate.temperature(hours) + (1 + 2.8 * this.climate.changeable()) * this.air.value(hours);
	}

	/** From -1 at dawn to 1 three hours after noon, and back through the night. */
	private double dayShape(double hours) {
		double dawn = 12 - Math.max(3, Math.min(9, this.sun.halfDay(hours)));
		double warmest = 15;
		double rise = warmest - dawn;
		double since = this.sun.hour(hours) - dawn;
		since = (since < 0) ? since + HOURS_OF_DAY : since;
		return (since < rise) ? -Math.cos(Math.PI * since / rise)
				: Math.cos(Math.PI * (since - rise) / (HOURS_OF_DAY - rise));
	}

	private static double coolness(Sky sky) {
		return 1.5 * Math.min(1, Math.max(0, sky.wetness - RAIN));
	}

	/**
	 * The air keeps its moisture through the day, so its humidity falls when it warms.
	 */
	private double dewPoint(double hours, Sky sky) {
		double deficit = 4.2 * Math.exp(-0.45 * sky.moisture + 0.25 * sky.system) - 2 * coolness(sky);
		return ofTheAir(hours) - Math.max(0.3, deficit);
	}

	private double pressure(double hours, Sky sky) {
		double tide = 0.7 * (1 - this.climate.changeable()) * Math.cos(2 * Math.PI * (this.sun.hour(hours) - 10) / 12);
		return 1014.5 + (2.2 + 8.5 * this.climate.changeable()) * sky.system + tide;
	}

	private double wind(double hours, Sky sky) {
		double usual = 9 + 4 * this.climate.changeable();
		double breeze = 1 + 0.3 * Math.max(0, this.sun.height(hours));
		return usual * breeze * Math.exp(-0.3 * sky.system + 0.35 * this.gusts.value(hours) - 0.1);
	}

	private static double gust(double wind, Sky sky) {
		return wind * (1.5 + 0.2 * logistic(2 * sky.shower) + 0.4 * Math.max(0, sky.wetness - RAIN));
	}

	/** Westerly in the middle latitudes, easterly in the tropics. */
	private double direction(double hours, Sky sky) {
		double usual = (Math.abs(this.climate.latitude()) > 28) ? 250 : 90;
		double degrees = usual + 55 * this.winds.value(hours) + 30 * sky.system;
		return degrees - 360 * Math.floor(degrees / 360);
	}

	/** In mm an hour; warm air carries more. */
	private static double rain(Sky sky, double temperature) {
		double excess = sky.wetness - RAIN;
		if (excess <= 0) {
			return 0;
		}
		double carried = Math.max(0.4, Math.min(2, 0.5 + temperature / 20));
		return carried * (0.3 + 2.2 * Math.pow(excess, 1.3));
	}

	/** In cm: the colder, the more of it falls as snow. */
	private static double snow(double precipitation, double temperature) {
		return precipitation * Math.max(0, Math.min(1, (1.5 - temperature) / 2));
	}

	/**
	 * In cm at the beginning of that day (UTC): what fell in the days before and has not
	 * melted.
	 */
	private double snowDepth(double hours) {
		long day = (long) Math.floor(hours / HOURS_OF_DAY);
		// Where the season is far too warm there is nothing to add up
		if (this.climate.temperature(hours) > 14) {
			return 0;
		}
		double depth = 0;
		for (long before = day - SNOW_MEMORY; before < day; before++) {
			double[] snow = this.snowOfDays.computeIfAbsent(before, this::snowOfDay);
			depth = Math.max(0, depth * 0.97 + snow[0] - snow[1]);
		}
		return depth;
	}

	/** What falls and what could melt in a day, in cm, from eight moments of it. */
	private double[] snowOfDay(long day) {
		double falls = 0;
		double melts = 0;
		for (int moment = 0; moment < 8; moment++) {
			double hours = day * HOURS_OF_DAY + 3 * moment + 1.5;
			Sky sky = sky(hours);
			double temperature = temperature(hours, sky);
			falls += 3 * snow(rain(sky, temperature), temperature);
			melts += 0.08 * 3 * Math.max(0, temperature);
		}
		return new double[] { falls, melts };
	}

	private static double visibility(double humidity, double rain) {
		double haze = Math.pow(Math.max(0, (humidity - 60) / 40), 4);
		return Math.max(0.2, 26 * (1 - 0.85 * haze) / (1 + 0.7 * rain));
	}

	private static double radiation(double sun, Sky sky) {
		return 1050 * Math.pow(sun, 1.15) * (1 - 0.72 * Math.pow(sky.cover, 2.5));
	}

	private static boolean isStormy(Sky sky, double temperature) {
		return sky.wetness > RAIN + 0.7 && sky.shower > 1 && temperature > 14;
	}

	private static String words(Sky sky, double temperature) {
		double rain = tenths(rain(sky, temperature));
		if (isStormy(sky, temperature)) {
			return "Thunderstorm";
		}
		if (rain > 0) {
			return (snow(rain, temperature) > rain / 2) ? "Snow" : "Rain";
		}
		if (sky.cover < 0.2) {
			return "Clear";
		}
		return (sky.cover < 0.8) ? "Partly cloudy" : "Overcast";
	}

	/** Wind chill in the cold, heat index in the heat, in between the air itself. */
	private static double feelsLike(double temperature, double humidity, double wind) {
		if (temperature <= 10 && wind > 4.8) {
			double power = Math.pow(wind, 0.16);
			return 13.12 + 0.6215 * temperature - 11.37 * power + 0.3965 * temperature * power;
		}
		return (temperature > 24) ? temperature + 0.06 * (temperature - 24) * Math.max(0, humidity - 40) / 4
				: temperature;
	}

	/** The pressure of saturated vapour over water, in hPa (Magnus). */
	private static double saturation(double temperature) {
		return 6.112 * Math.exp(17.62 * temperature / (243.12 + temperature));
	}

	private static double logistic(double value) {
		return 1 / (1 + Math.exp(-value));
	}

	private static double tenths(double value) {
		return Math.round(value * 10) / 10.0;
	}

	private static double hours(Instant instant) {
		return instant.getEpochSecond() / (double) Duration.ofHours(1).toSeconds();
	}

	/** What the noise means for the sky. Covers are shares of 0 to 1. */
	private record Sky(double system, double moisture, double shower, double wetness, double cover,
			double steadyCover) {
	}

}
