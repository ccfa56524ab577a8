package io.isobar.provider;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

import javax.measure.MetricPrefix;
import javax.measure.Unit;
import javax.measure.UnitConverter;
import javax.measure.quantity.Dimensionless;
import javax.measure.quantity.Length;
import javax.measure.quantity.Pressure;
import javax.measure.quantity.Speed;
import javax.measure.quantity.Temperature;

import io.isobar.weather.Metric;
import tech.units.indriya.AbstractUnit;

import static tech.units.indriya.unit.Units.CELSIUS;
import static tech.units.indriya.unit.Units.HOUR;
import static tech.units.indriya.unit.Units.KELVIN;
import static tech.units.indriya.unit.Units.KILOMETRE_PER_HOUR;
import static tech.units.indriya.unit.Units.METRE;
import static tech.units.indriya.unit.Units.METRE_PER_SECOND;
import static tech.units.indriya.unit.Units.PASCAL;
import static tech.units.indriya.unit.Units.PERCENT;
import static tech.units.indriya.unit.Units.RADIAN;
import static tech.units.indriya.unit.Units.SQUARE_METRE;
import static tech.units.indriya.unit.Units.WATT;

/**
 * The units in which sources write their values, by name, and their conversion to the
 * unit of the metric. The factors are those of the units library (JSR 385).
 */
public final class Units {

	/** Finer than any instrument: what is beyond it is noise of binary fractions. */
	private static final double STEPS_PER_UNIT = 1e9;

	private static final Map<String, Unit<?>> TEMPERATURES = temperatures();

	private static final Map<String, Unit<?>> SHARES = shares();

	private static final Map<String, Unit<?>> CLOUD_COVERS = cloudCovers();

	private static final Map<String, Unit<?>> PRESSURES = pressures();

	private static final Map<String, Unit<?>> SPEEDS = speeds();

	private static final Map<String, Unit<?>> DIRECTIONS = directions();

	private static final Map<String, Unit<?>> WATERS = waters();

	private static final Map<String, Unit<?>> SNOWS = snows();

	private static final Map<String, Unit<?>> DISTANCES = distances();

	private static final Map<String, Unit<?>> RADIATIONS = radiations();

	private static final Map<String, Unit<?>> INDEXES = Map.of("index", AbstractUnit.ONE);

	private Units() {
	}

	/** The names of the units allowed for that metric, its own unit first. */
	public static List<String> names(Metric metric) {
		return List.copyOf(of(metric).keySet());
	}

	/**
	 * The conversion from that unit to the metric's own unit, to be resolved once per
	 * column. NaN stays NaN.
	 * @throws IllegalArgumentException if the metric has no such unit; the message names
	 * those it has
	 */
	public static DoubleUnaryOperator conversion(Metric metric, String unit) {
		Map<String, Unit<?>> allowed = of(metric);
		Unit<?> from = allowed.get(unit);
		if (from == null) {
			throw new IllegalArgumentException("%s has no unit '%s'; allowed: %s.".formatted(metric.field(), unit,
					String.join(", ", allowed.keySet())));
		}
		Unit<?> to = allowed.values().iterator().next();
		return from.equals(to) ? DoubleUnaryOperator.identity() : affine(converter(from, to));
	}

	/**
	 * Every conversion here is a factor and an offset: both are asked of the library
	 * once, so that ten million values cost ten million multiplications.
	 */
	private static DoubleUnaryOperator affine(UnitConverter converter) {
		double offset = converter.convert(0);
		double factor = converter.isLinear() ? converter.convert(1)
				: (converter.convert(1_000_000) - offset) / 1_000_000;
		return (value) -> Math.rint((value * factor + offset) * STEPS_PER_UNIT) / STEPS_PER_UNIT;
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static UnitConverter converter(Unit from, Unit to) {
		return from.getConverterTo(to);
	}

	private static Map<String, Unit<?>> of(Metric metric) {
		return switch (metric) {
			case TEMPERATURE, FEELS_LIKE, DEW_POINT -> TEMPERATURES;
			case HUMIDITY, PRECIPITATION_PROBABILITY -> SHARES;
			case CLOUD_COVER -> CLOUD_COVERS;
			case PRESSURE -> PRESSURES;
			case WIND_SPEED, WIND_GUST -> SPEEDS;
			case WIND_DIRECTION -> DIRECTIONS;
			case PRECIPITATION -> WATERS;
			case SNOW, SNOW_DEPTH -> SNOWS;
			case VISIBILITY -> DISTANCES;
			case SOLAR_RADIATION -> RADIATIONS;
			case UV_INDEX -> INDEXES;
		};
	}

	private static Map<String, Unit<?>> temperatures() {
		Unit<Temperature> fahrenheit = KELVIN.multiply(5).divide(9).shift(459.67);
		Map<String, Unit<?>> units = new LinkedHashMap<>();
		units.put("celsius", CELSIUS);
		units.put("fahrenheit", fahrenheit);
		units.put("kelvin", KELVIN);
		return units;
	}

	private static Map<String, Unit<?>> shares() {
		Map<String, Unit<?>> units = new LinkedHashMap<>();
		units.put("percent", PERCENT);
		units.put("fraction", AbstractUnit.ONE);
		return units;
	}

	/** Observers count eighths of the sky; both spellings are in use. */
	private static Map<String, Unit<?>> cloudCovers() {
		Unit<Dimensionless> eighth = AbstractUnit.ONE.divide(8);
		Map<String, Unit<?>> units = new LinkedHashMap<>(shares());
		units.put("octas", eighth);
		units.put("oktas", eighth);
		return units;
	}

	private static Map<String, Unit<?>> pressures() {
		Unit<Pressure> hectopascal = MetricPrefix.HECTO(PASCAL);
		Map<String, Unit<?>> units = new LinkedHashMap<>();
		units.put("hectopascal", hectopascal);
		units.put("pascal", PASCAL);
		units.put("bar", PASCAL.multiply(100_000));
		units.put("millibar", hectopascal);
		units.put("inch-of-mercury", PASCAL.multiply(3_386_389).divide(1000));
		return units;
	}

	private static Map<String, Unit<?>> speeds() {
		Unit<Speed> milePerHour = mile().divide(HOUR).asType(Speed.class);
		Unit<Speed> knot = METRE.multiply(1852).divide(HOUR).asType(Speed.class);
		Map<String, Unit<?>> units = new LinkedHashMap<>();
		units.put("kilometre-per-hour", KILOMETRE_PER_HOUR);
		units.put("metre-per-second", METRE_PER_SECOND);
		units.put("mile-per-hour", milePerHour);
		units.put("knot", knot);
		return units;
	}

	private static Map<String, Unit<?>> directions() {
		return Map.of("degree", RADIAN.multiply(Math.PI).divide(180));
	}

	private static Map<String, Unit<?>> waters() {
		Map<String, Unit<?>> units = new LinkedHashMap<>();
		units.put("millimetre", MetricPrefix.MILLI(METRE));
		units.put("centimetre", MetricPrefix.CENTI(METRE));
		units.put("inch", inch());
		return units;
	}

	private static Map<String, Unit<?>> snows() {
		Map<String, Unit<?>> units = new LinkedHashMap<>();
		units.put("centimetre", MetricPrefix.CENTI(METRE));
		units.put("millimetre", MetricPrefix.MILLI(METRE));
		units.put("metre", METRE);
		units.put("inch", inch());
		units.put("foot", foot());
		return units;
	}

	private static Map<String, Unit<?>> distances() {
		Map<String, Unit<?>> units = new LinkedHashMap<>();
		units.put("kilometre", MetricPrefix.KILO(METRE));
		units.put("metre", METRE);
		units.put("mile", mile());
		units.put("foot", foot());
		return units;
	}

	/** Hundreds of W/m² is how ECA&amp;D's prepared tables write radiation. */
	private static Map<String, Unit<?>> radiations() {
		Map<String, Unit<?>> units = new LinkedHashMap<>();
		units.put("watt-per-square-metre", WATT.divide(SQUARE_METRE));
		units.put("hectowatt-per-square-metre", MetricPrefix.HECTO(WATT).divide(SQUARE_METRE));
		return units;
	}

	private static Unit<Length> inch() {
		return METRE.multiply(254).divide(10_000);
	}

	private static Unit<Length> foot() {
		return METRE.multiply(3048).divide(10_000);
	}

	private static Unit<Length> mile() {
		return METRE.multiply(1_609_344).divide(1000);
	}

}
