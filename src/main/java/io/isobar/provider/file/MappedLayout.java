package io.isobar.provider.file;

import java.text.Normalizer;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.isobar.provider.Units;
import io.isobar.provider.file.Layout.CitySource;
import io.isobar.provider.file.Layout.Strand;
import io.isobar.provider.file.Layout.Value;
import io.isobar.provider.file.Mapping.CityEntry;
import io.isobar.provider.file.Mapping.Column;
import io.isobar.provider.file.Mapping.Constant;
import io.isobar.provider.file.Mapping.FileName;
import io.isobar.provider.file.Mapping.Place;
import io.isobar.provider.file.Mapping.Prefix;
import io.isobar.provider.file.Mapping.TimeColumn;
import io.isobar.provider.file.Mapping.ValueColumn;
import org.jspecify.annotations.Nullable;

/** Finds in one table what a mapping names. */
final class MappedLayout {

	private final Mapping mapping;

	private final Table table;

	private final String file;

	private final List<String> problems = new ArrayList<>();

	private MappedLayout(Mapping mapping, Table table, String file) {
		this.mapping = mapping;
		this.table = table;
		this.file = file;
	}

	/**
	 * The layout of that table.
	 * @throws FileRefused with every column that is missing
	 */
	static Layout of(Mapping mapping, Table table, String file) throws FileRefused {
		return new MappedLayout(mapping, table, file).layout();
	}

	/**
	 * The city as a mapping says it for a whole file or a column.
	 * @throws FileRefused if the file's name does not hold it
	 */
	static CitySource citySource(Mapping mapping, Place city, Columns columns, String file) throws FileRefused {
		Place country = mapping.country();
		int countryColumn = (country instanceof Column column) ? columns.position(column.column(), "country") : -1;
		String countryText = text(country, file);
		if (city instanceof Column column) {
			return new OfColumn(mapping, columns.position(column.column(), "city"), countryColumn, countryText);
		}
		return new OfFile(mapping, Objects.requireNonNull(text(city, file)), countryColumn, countryText);
	}

	/**
	 * What a mapping says about the city of a whole file; null if it does not.
	 * @throws FileRefused if the file's name does not hold it
	 */
	static @Nullable CityClaim claim(Mapping mapping, String file) throws FileRefused {
		String city = text(mapping.city(), file);
		return (city != null) ? claim(mapping, city, text(mapping.country(), file)) : null;
	}

	private static @Nullable String text(@Nullable Place place, String file) throws FileRefused {
		if (place instanceof Constant constant) {
			return constant.text();
		}
		return (place instanceof FileName name) ? name.in(file) : null;
	}

	private static CityClaim claim(Mapping mapping, String text, @Nullable String country) {
		CityEntry entry = mapping.cities().get(Normalizer.normalize(text.strip(), Normalizer.Form.NFC));
		ZoneId zone = mapping.zone();
		Double latitude = mapping.latitude();
		Double longitude = mapping.longitude();
		if (entry == null) {
			return new CityClaim(text, country, zone, latitude, longitude);
		}
		return new CityClaim((entry.name() != null) ? entry.name() : text,
				(entry.country() != null) ? entry.country() : country, (entry.zone() != null) ? entry.zone() : zone,
				(entry.latitude() != null) ? entry.latitude() : latitude,
				(entry.longitude() != null) ? entry.longitude() : longitude);
	}

	private Layout layout() throws FileRefused {
		TimeColumn time = Objects.requireNonNull(this.mapping.time(), "a mapping of a table has a time");
		Place city = Objects.requireNonNull(this.mapping.city(), "a mapping of a table has a city");
		Columns columns = new Columns(this.table.columns());
		int timeColumn = columns.position(time.column(), "time");
		String conditions = this.mapping.conditions();
		List<Strand> strands;
		if (city instanceof Prefix prefix) {
			strands = wide(prefix, columns);
		}
		else {
			strands = List.of(new Strand(citySource(this.mapping, city, columns, this.file),
					this.mapping.columns()
						.stream()
						.map((value) -> value(value, columns.position(value.column(), "fields." + value.key())))
						.toList(),
					(conditions != null) ? columns.position(conditions, "fields.conditions") : -1));
		}
		this.problems.addAll(columns.problems(this.mapping.delimiter()));
		if (!this.problems.isEmpty()) {
			throw new FileRefused(this.file, this.problems);
		}
		return new Layout(timeColumn, (time.format() != null) ? time.format() : TimeFormat.ISO, time.zone(),
				time.zone(), false, this.mapping.resolution(), -1, -1, -1, strands);
	}

	/** One strand for each city that the names of the columns begin with. */
	private List<Strand> wide(Prefix prefix, Columns columns) throws FileRefused {
		List<Strand> strands = new ArrayList<>();
		Place country = this.mapping.country();
		int countryColumn = (country instanceof Column column) ? columns.position(column.column(), "country") : -1;
		Set<String> found = new LinkedHashSet<>();
		for (String key : prefixes(prefix)) {
			List<Value> values = new ArrayList<>();
			for (ValueColumn value : this.mapping.columns()) {
				int position = this.table.columns().indexOf(key + prefix.separator() + value.column());
				if (position >= 0) {
					values.add(value(value, position));
					found.add(value.column());
				}
			}
			if (values.isEmpty()) {
				this.problems.add("No column begins with '%s%s' (cities.%s); %s".formatted(key, prefix.separator(), key,
						columns.there()));
				continue;
			}
			int conditions = this.table.columns().indexOf(key + prefix.separator() + this.mapping.conditions());
			strands.add(new Strand(new OfFile(this.mapping, key, countryColumn, text(country, this.file)), values,
					conditions));
		}
		for (ValueColumn value : this.mapping.columns()) {
			if (!found.contains(value.column())) {
				this.problems.add("No column ends with '%s%s' (fields.%s); %s".formatted(prefix.separator(),
						value.column(), value.key(), columns.there()));
			}
		}
		return strands;
	}

	/** The cities that the mapping lists; where it lists none, all that are there. */
	private Collection<String> prefixes(Prefix prefix) {
		if (!this.mapping.cities().isEmpty()) {
			return this.mapping.cities().keySet();
		}
		Set<String> prefixes = new LinkedHashSet<>();
		for (String column : this.table.columns()) {
			for (ValueColumn value : this.mapping.columns()) {
				String end = prefix.separator() + value.column();
				if (column.endsWith(end) && column.length() > end.length()) {
					prefixes.add(column.substring(0, column.length() - end.length()));
				}
			}
		}
		return prefixes;
	}

	private static Value value(ValueColumn value, int position) {
		return new Value(value.field().metric(), value.field().part(), position,
				Units.conversion(value.field().metric(), value.unit()), value.labelledAtEnd());
	}

	/** Looks up columns and remembers what was not there. */
	static final class Columns {

		private static final int TOLD = 40;

		private final List<String> names;

		private final List<String> missing = new ArrayList<>();

		Columns(List<String> names) {
			this.names = names;
		}

		int position(String column, String key) {
			int position = this.names.indexOf(column);
			if (position < 0) {
				this.missing.add("'%s' (%s)".formatted(column, key));
			}
			else if (this.names.lastIndexOf(column) != position) {
				this.missing.add("only one '%s' (%s)".formatted(column, key));
			}
			return position;
		}

		List<String> problems(@Nullable String delimiter) {
			if (this.missing.isEmpty()) {
				return List.of();
			}
			String problem = "The mapping names %s that it has not: %s; %s".formatted(
					(this.missing.size() == 1) ? "a column" : "columns", String.join(", ", this.missing), there());
			return List.of(problem + delimiterHint((delimiter != null) ? delimiter : ","));
		}

		String there() {
			String told = this.names.stream().limit(TOLD).collect(Collectors.joining(", "));
			return "its columns are: %s%s.".formatted(told,
					(this.names.size() > TOLD) ? " and %d more".formatted(this.names.size() - TOLD) : "");
		}

		private String delimiterHint(String delimiter) {
			for (Map.Entry<String, String> other : Map.of(",", ",", ";", ";", "\t", "\\t", "|", "|").entrySet()) {
				if (this.names.size() == 1 && !other.getKey().equals(delimiter)
						&& this.names.get(0).contains(other.getKey())) {
					return " Its first line is not parted by '%s'; say `delimiter: \"%s\"`.".formatted(delimiter,
							other.getValue());
				}
			}
			return "";
		}

	}

	/** The same city for the whole file. */
	private record OfFile(Mapping mapping, String city, int countryColumn,
			@Nullable String countryText) implements CitySource {

		@Override
		public Set<Integer> columns() {
			return Set.of(this.countryColumn);
		}

		@Override
		public String key(Table row) throws RowRejected {
			String country = (this.countryColumn >= 0) ? row.text(this.countryColumn) : null;
			return (country != null) ? this.city + '\n' + country : this.city;
		}

		@Override
		public CityClaim claim(Table row, String key) throws RowRejected {
			String country = (this.countryColumn >= 0) ? row.text(this.countryColumn) : this.countryText;
			return MappedLayout.claim(this.mapping, this.city, country);
		}

	}

	/** Each row says its city. */
	private record OfColumn(Mapping mapping, int column, int countryColumn,
			@Nullable String countryText) implements CitySource {

		@Override
		public Set<Integer> columns() {
			return (this.countryColumn == this.column) ? Set.of(this.column) : Set.of(this.column, this.countryColumn);
		}

		@Override
		public String key(Table row) throws RowRejected {
			String city = row.text(this.column);
			if (city == null) {
				throw new RowRejected("it has no city.");
			}
			String country = (this.countryColumn >= 0) ? row.text(this.countryColumn) : null;
			return (country != null) ? city + '\n' + country : city;
		}

		@Override
		public CityClaim claim(Table row, String key) throws RowRejected {
			String city = Objects.requireNonNull(row.text(this.column));
			String country = (this.countryColumn >= 0) ? row.text(this.countryColumn) : this.countryText;
			return MappedLayout.claim(this.mapping, city, country);
		}

	}

}
