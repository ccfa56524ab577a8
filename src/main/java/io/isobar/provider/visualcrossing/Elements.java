package io.isobar.provider.visualcrossing;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

import io.isobar.provider.UnitGroup;
import io.isobar.provider.Units;
import io.isobar.provider.answer.Fields;
import io.isobar.provider.answer.RowRejected;
import io.isobar.weather.Metric;
import io.isobar.weather.ReadingDraft;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Visual Crossing's names of what we measure, and its groups of units. */
final class Elements {

	private static final Map<Metric, String> NAMES = new EnumMap<>(Map.ofEntries(Map.entry(Metric.TEMPERATURE, "temp"),
			Map.entry(Metric.FEELS_LIKE, "feelslike"), Map.entry(Metric.DEW_POINT, "dew"),
			Map.entry(Metric.HUMIDITY, "humidity"), Map.entry(Metric.PRESSURE, "pressure"),
			Map.entry(Metric.WIND_SPEED, "windspeed"), Map.entry(Metric.WIND_GUST, "windgust"),
			Map.entry(Metric.WIND_DIRECTION, "winddir"), Map.entry(Metric.PRECIPITATION, "precip"),
			Map.entry(Metric.PRECIPITATION_PROBABILITY, "precipprob"), Map.entry(Metric.SNOW, "snow"),
			Map.entry(Metric.SNOW_DEPTH, "snowdepth"), Map.entry(Metric.CLOUD_COVER, "cloudcover"),
			Map.entry(Metric.VISIBILITY, "visibility"), Map.entry(Metric.SOLAR_RADIATION, "solarradiation"),
			Map.entry(Metric.UV_INDEX, "uvindex")));

	private final Map<Metric, DoubleUnaryOperator> conversions = new EnumMap<>(Metric.class);

	private Elements(UnitGroup units) {
		for (Metric metric : Metric.ALL) {
			String unit = unit(metric, units);
			if (unit != null) {
				this.conversions.put(metric, Units.conversion(metric, unit));
			}
		}
	}

	static Elements in(UnitGroup units) {
		return new Elements(units);
	}

	/** The values of now: without sums, since a part of an hour is no sum of an hour. */
	void now(JsonNode row, ReadingDraft draft) throws RowRejected {
		for (Map.Entry<Metric, String> element : NAMES.entrySet()) {
			if (!element.getKey().isSum()) {
				draft.value(element.getKey(), value(row, element.getValue(), element.getKey()));
			}
		}
		draft.conditions(Fields.text(row, "conditions"));
	}

	/** The values of an hour. */
	void hour(JsonNode row, ReadingDraft draft) throws RowRejected {
		for (Map.Entry<Metric, String> element : NAMES.entrySet()) {
			draft.value(element.getKey(), value(row, element.getValue(), element.getKey()));
		}
		draft.conditions(Fields.text(row, "conditions"));
	}

	/**
	 * The values of a day: means and sums, with the extremes as lows and highs. The wind
	 * speed, the gust and the UV index of a day are its highest ones.
	 */
	void day(JsonNode row, ReadingDraft draft) throws RowRejected {
		for (Map.Entry<Metric, String> element : NAMES.entrySet()) {
			Metric metric = element.getKey();
			Double value = value(row, element.getValue(), metric);
			switch (metric) {
				case WIND_SPEED, WIND_GUST, UV_INDEX -> draft.high(metric, value);
				default -> draft.value(metric, value);
			}
		}
		draft.low(Metric.TEMPERATURE, value(row, "tempmin", Metric.TEMPERATURE));
		draft.high(Metric.TEMPERATURE, value(row, "tempmax", Metric.TEMPERATURE));
		draft.low(Metric.FEELS_LIKE, value(row, "feelslikemin", Metric.FEELS_LIKE));
		draft.high(Metric.FEELS_LIKE, value(row, "feelslikemax", Metric.FEELS_LIKE));
		draft.low(Metric.WIND_SPEED, value(row, "windspeedmin", Metric.WIND_SPEED));
		draft.value(Metric.WIND_SPEED, value(row, "windspeedmean", Metric.WIND_SPEED));
		draft.conditions(Fields.text(row, "conditions"));
	}

	/**
	 * An element in the metric's unit; null where missing.
	 * @throws RowRejected if it is no number
	 */
	@Nullable Double value(JsonNode row, String element, Metric metric) throws RowRejected {
		Double value = Fields.number(row, element);
		DoubleUnaryOperator conversion = this.conversions.get(metric);
		return (value != null && conversion != null) ? (Double) conversion.applyAsDouble(value) : value;
	}

	/** The unit in that group by its name in {@link Units}; null: the metric's own. */
	private static @Nullable String unit(Metric metric, UnitGroup units) {
		return switch (metric) {
			case TEMPERATURE, FEELS_LIKE, DEW_POINT -> switch (units) {
				case METRIC, UK -> null;
				case US -> "fahrenheit";
				case BASE -> "kelvin";
			};
			case WIND_SPEED, WIND_GUST -> switch (units) {
				case METRIC -> null;
				case US, UK -> "mile-per-hour";
				case BASE -> "metre-per-second";
			};
			case PRECIPITATION, SNOW, SNOW_DEPTH -> (units == UnitGroup.US) ? "inch" : null;
			case VISIBILITY -> (units == UnitGroup.US || units == UnitGroup.UK) ? "mile" : null;
			default -> null;
		};
	}

}
