package io.isobar.provider.file;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

import io.isobar.provider.CityLookup;
import io.isobar.provider.UnitGroup;
import io.isobar.provider.Units;
import io.isobar.provider.file.Layout.CitySource;
import io.isobar.provider.file.Layout.Strand;
import io.isobar.provider.file.Layout.Value;
import io.isobar.provider.file.Mapping.Place;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * Tables that need no mapping of their columns, because their header says what they are.
 * A mapping may still say their city, zone or units.
 */
enum KnownHeader {

	/** What Visual Crossing's query page and {@code contentType=csv} give. */
	VISUAL_CROSSING {

		@Override
		boolean recognises(List<String> columns) {
			return columns.containsAll(List.of("datetime", "temp", "conditions"));
		}

		@Override
		Layout layout(Table table, @Nullable Mapping mapping, KnownCities cities, String file) throws FileRefused {
			List<String> columns = table.columns();
			boolean days = columns.contains("tempmax") && columns.contains("tempmin");
			UnitGroup units = units(mapping);
			List<Value> values = new ArrayList<>();
			ELEMENTS.forEach((name, metric) -> {
				if (name.equals("pressure") && columns.contains("sealevelpressure")) {
					return;
				}
				// Of a day these are the highest, as the vendor documents
				boolean highest = days && Set.of(Metric.WIND_SPEED, Metric.WIND_GUST, Metric.UV_INDEX).contains(metric);
				add(values, columns, name, metric, highest ? Field.Part.HIGH : Field.Part.VALUE, units);
			});
			if (days) {
				add(values, columns, "tempmin", Metric.TEMPERATURE, Field.Part.LOW, units);
				add(values, columns, "tempmax", Metric.TEMPERATURE, Field.Part.HIGH, units);
				add(values, columns, "feelslikemin", Metric.FEELS_LIKE, Field.Part.LOW, units);
				add(values, columns, "feelslikemax", Metric.FEELS_LIKE, Field.Part.HIGH, units);
				add(values, columns, "windspeedmin", Metric.WIND_SPEED, Field.Part.LOW, units);
				add(values, columns, "windspeedmean", Metric.WIND_SPEED, Field.Part.VALUE, units);
			}
			CitySource city = cityOf(mapping, table, file);
			if (city == null) {
				int name = columns.indexOf("name");
				if (name < 0) {
					throw new FileRefused(file,
							"nothing says its city: it has no column name. Give it a mapping with `city`, `country` and `timezone`.");
				}
				city = new Named(name, cities);
			}
			return new Layout(columns.indexOf("datetime"), TimeFormat.ISO, zoneOfTime(mapping), zoneOfTime(mapping),
					false, days ? Resolution.DAY : Resolution.HOUR, -1, -1, columns.indexOf("source"),
					List.of(new Strand(city, values, columns.indexOf("conditions"))));
		}

	},

	/** This project's own columns, as its tables are exported. */
	OWN {

		@Override
		boolean recognises(List<String> columns) {
			return columns.containsAll(List.of("city", "observed_at"))
					&& Metric.ALL.stream().anyMatch((metric) -> columns.contains(metric.column()));
		}

		@Override
		Layout layout(Table table, @Nullable Mapping mapping, KnownCities cities, String file) throws FileRefused {
			List<String> columns = table.columns();
			List<Value> values = new ArrayList<>();
			for (Metric metric : Metric.ALL) {
				add(values, columns, metric.column(), metric, Field.Part.VALUE, UnitGroup.METRIC);
				add(values, columns, metric.column() + "_min", metric, Field.Part.LOW, UnitGroup.METRIC);
				add(values, columns, metric.column() + "_max", metric, Field.Part.HIGH, UnitGroup.METRIC);
			}
			CitySource city = cityOf(mapping, table, file);
			if (city == null) {
				city = new Own(mapping, columns.indexOf("city"), columns.indexOf("country"),
						columns.indexOf("timezone"), columns.indexOf("latitude"), columns.indexOf("longitude"));
			}
			// An instant without zone is one in UTC, as this project writes it
			return new Layout(columns.indexOf("observed_at"), TimeFormat.ISO, ZoneOffset.UTC, null, true,
					Resolution.HOUR, columns.indexOf("resolution"), columns.indexOf("origin"), -1,
					List.of(new Strand(city, values, columns.indexOf("conditions"))));
		}

	};

	private static final Map<String, Metric> ELEMENTS = Map.ofEntries(Map.entry("temp", Metric.TEMPERATURE),
			Map.entry("feelslike", Metric.FEELS_LIKE), Map.entry("dew", Metric.DEW_POINT),
			Map.entry("humidity", Metric.HUMIDITY), Map.entry("pressure", Metric.PRESSURE),
			Map.entry("sealevelpressure", Metric.PRESSURE), Map.entry("windspeed", Metric.WIND_SPEED),
			Map.entry("windgust", Metric.WIND_GUST), Map.entry("winddir", Metric.WIND_DIRECTION),
			Map.entry("precip", Metric.PRECIPITATION), Map.entry("precipprob", Metric.PRECIPITATION_PROBABILITY),
			Map.entry("snow", Metric.SNOW), Map.entry("snowdepth", Metric.SNOW_DEPTH),
			Map.entry("cloudcover", Metric.CLOUD_COVER), Map.entry("visibility", Metric.VISIBILITY),
			Map.entry("solarradiation", Metric.SOLAR_RADIATION), Map.entry("uvindex", Metric.UV_INDEX));

	/** Whether a table with those columns is one. */
	abstract boolean recognises(List<String> columns);

	/**
	 * Where everything stands in that table.
	 * @param mapping what is said beside the header; null: nothing
	 * @throws FileRefused if nothing says its city
	 */
	abstract Layout layout(Table table, @Nullable Mapping mapping, KnownCities cities, String file) throws FileRefused;

	/** The header with those columns. */
	static Optional<KnownHeader> of(List<String> columns) {
		for (KnownHeader header : values()) {
			if (header.recognises(columns)) {
				return Optional.of(header);
			}
		}
		return Optional.empty();
	}

	/** What they look like, in words. */
	static String known() {
		return "Visual Crossing's (datetime, …, temp, …, conditions) or this project's own (city, country, observed_at, temperature, …)";
	}

	static UnitGroup units(@Nullable Mapping mapping) {
		UnitGroup units = (mapping != null) ? mapping.units() : null;
		return (units != null) ? units : UnitGroup.METRIC;
	}

	private static @Nullable ZoneId zoneOfTime(@Nullable Mapping mapping) {
		Mapping.TimeColumn time = (mapping != null) ? mapping.time() : null;
		return (time != null) ? time.zone() : null;
	}

	private static @Nullable CitySource cityOf(@Nullable Mapping mapping, Table table, String file) throws FileRefused {
		Place city = (mapping != null) ? mapping.city() : null;
		if (mapping == null || city == null || city instanceof Mapping.Prefix) {
			return null;
		}
		MappedLayout.Columns columns = new MappedLayout.Columns(table.columns());
		CitySource source = MappedLayout.citySource(mapping, city, columns, file);
		List<String> problems = columns.problems(mapping.delimiter());
		if (!problems.isEmpty()) {
			throw new FileRefused(file, problems);
		}
		return source;
	}

	private static void add(List<Value> values, List<String> columns, String name, Metric metric, Field.Part part,
			UnitGroup units) {
		int position = columns.indexOf(name);
		if (position >= 0) {
			values.add(new Value(metric, part, position, conversion(metric, units), false));
		}
	}

	private static DoubleUnaryOperator conversion(Metric metric, UnitGroup units) {
		String own = Units.names(metric).get(0);
		String unit = switch (metric) {
			case TEMPERATURE, FEELS_LIKE, DEW_POINT -> switch (units) {
				case METRIC, UK -> own;
				case US -> "fahrenheit";
				case BASE -> "kelvin";
			};
			case WIND_SPEED, WIND_GUST -> switch (units) {
				case METRIC -> own;
				case US, UK -> "mile-per-hour";
				case BASE -> "metre-per-second";
			};
			case PRECIPITATION, SNOW, SNOW_DEPTH -> (units == UnitGroup.US) ? "inch" : own;
			case VISIBILITY -> (units == UnitGroup.US || units == UnitGroup.UK) ? "mile" : own;
			default -> own;
		};
		return Units.conversion(metric, unit);
	}

	/** Visual Crossing's name of a place: an address, or a pair of coordinates. */
	private record Named(int column, KnownCities cities) implements CitySource {

		/** As the vendor's examples write them, beside the codes of ISO 3166. */
		private static final Map<String, String> EVERYDAY_CODES = Map.of("UK", "GB", "USA", "US");

		@Override
		public Set<Integer> columns() {
			return Set.of(this.column);
		}

		@Override
		public String key(Table row) throws RowRejected {
			String name = row.text(this.column);
			if (name == null) {
				throw new RowRejected("it has no city (name).");
			}
			return name;
		}

		@Override
		public CityClaim claim(Table row, String key) throws RowRejected {
			City city = near(key).or(() -> this.cities.named(key))
				.or(() -> addressed(key))
				.orElseThrow(() -> new RowRejected(
						"no city that is known has the name '%s' or lies within %.0f km of it. Give the file a mapping with `city`, `country` and `timezone`."
							.formatted(key, CityLookup.NEAR)));
			return new CityClaim(city.name(), city.country(), null, null, null);
		}

		private Optional<City> near(String key) {
			String[] point = key.split(",");
			if (point.length != 2) {
				return Optional.empty();
			}
			try {
				return this.cities.near(Numbers.parse(point[0].strip()), Numbers.parse(point[1].strip()));
			}
			catch (NumberFormatException ex) {
				return Optional.empty();
			}
		}

		/**
		 * The city with which the address begins, if the address ends with its country:
		 * Paris, TX, United States is not the Paris of France.
		 */
		private Optional<City> addressed(String key) {
			int comma = key.indexOf(',');
			if (comma < 0) {
				return Optional.empty();
			}
			String country = key.substring(key.lastIndexOf(',') + 1).strip();
			return this.cities.named(key.substring(0, comma).strip())
				.filter((city) -> isCountry(country, city.country()));
		}

		/**
		 * Whether that is the country's code, or its name in English or a language of its
		 * own.
		 */
		private static boolean isCountry(String text, String code) {
			return EVERYDAY_CODES.getOrDefault(text.toUpperCase(Locale.ROOT), text).equalsIgnoreCase(code)
					|| text.equalsIgnoreCase(new Locale("", code).getDisplayCountry(Locale.ENGLISH))
					|| Arrays.stream(Locale.getAvailableLocales())
						.filter((locale) -> locale.getCountry().equalsIgnoreCase(code))
						.anyMatch((locale) -> text.equalsIgnoreCase(locale.getDisplayCountry(locale)));
		}

	}

	/** This project's own columns; a city whose zone is not known is kept in UTC. */
	private record Own(@Nullable Mapping mapping, int city, int country, int zone, int latitude,
			int longitude) implements CitySource {

		@Override
		public Set<Integer> columns() {
			Set<Integer> columns = new LinkedHashSet<>();
			columns.add(this.city);
			columns.add(this.country);
			columns.add(this.zone);
			columns.add(this.latitude);
			columns.add(this.longitude);
			return columns;
		}

		@Override
		public String key(Table row) throws RowRejected {
			String name = row.text(this.city);
			if (name == null) {
				throw new RowRejected("it has no city.");
			}
			String countryText = text(row, this.country);
			return (countryText != null) ? name + '\n' + countryText : name;
		}

		@Override
		public CityClaim claim(Table row, String key) throws RowRejected {
			return new CityClaim(Objects.requireNonNull(row.text(this.city)), text(row, this.country), zone(row),
					number(row, this.latitude, 90), number(row, this.longitude, 180), ZoneId.of("UTC"));
		}

		private @Nullable ZoneId zone(Table row) throws RowRejected {
			String text = text(row, this.zone);
			if (text == null) {
				return (this.mapping != null) ? this.mapping.zone() : null;
			}
			try {
				return ZoneId.of(text);
			}
			catch (DateTimeException ex) {
				throw new RowRejected("its timezone '%s' is no time zone such as Europe/Paris.".formatted(text));
			}
		}

		private static @Nullable String text(Table row, int column) throws RowRejected {
			return (column >= 0) ? row.text(column) : null;
		}

		private static @Nullable Double number(Table row, int column, double most) throws RowRejected {
			double number = (column >= 0) ? row.number(column) : Double.NaN;
			return (Math.abs(number) <= most) ? (Double) number : null;
		}

	}

}
