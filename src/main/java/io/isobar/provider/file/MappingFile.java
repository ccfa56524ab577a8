package io.isobar.provider.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.text.Normalizer;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

import io.isobar.provider.UnitGroup;
import io.isobar.provider.Units;
import io.isobar.provider.file.Mapping.CityEntry;
import io.isobar.provider.file.Mapping.Column;
import io.isobar.provider.file.Mapping.Constant;
import io.isobar.provider.file.Mapping.FileName;
import io.isobar.provider.file.Mapping.Format;
import io.isobar.provider.file.Mapping.Place;
import io.isobar.provider.file.Mapping.Prefix;
import io.isobar.provider.file.Mapping.TimeColumn;
import io.isobar.provider.file.Mapping.ValueColumn;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a mapping from YAML, and tells all that is wrong with it at once. */
final class MappingFile {

	private static final YAMLMapper YAML = YAMLMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	private static final int LONGEST = 1_000_000;

	private final String name;

	private final List<String> problems = new ArrayList<>();

	private MappingFile(String name) {
		this.name = name;
	}

	/**
	 * The mapping in that file.
	 * @throws FileRefused with every problem in it
	 */
	static Mapping read(Location file) throws FileRefused, IOException {
		try (InputStream stream = file.open()) {
			return parse(file.name(), new String(stream.readNBytes(LONGEST), StandardCharsets.UTF_8));
		}
	}

	/**
	 * The mapping in that text.
	 * @throws FileRefused with every problem in it
	 */
	static Mapping parse(String name, String yaml) throws FileRefused {
		JsonNode root = tree(name, yaml);
		if (root == null || !root.isObject() || root.isEmpty()) {
			throw new FileRefused(name, "it holds no keys. A mapping says at least `city`, `time` and `fields`.");
		}
		MappingFile file = new MappingFile(name);
		Mapping mapping = file.mapping(new Keys("", root, file.problems), yaml);
		if (!file.problems.isEmpty()) {
			throw new FileRefused(name, file.problems);
		}
		return mapping;
	}

	/** What that text says. */
	static JsonNode tree(String name, String yaml) throws FileRefused {
		try {
			return YAML.readTree(yaml);
		}
		catch (JacksonException ex) {
			String reason = ex.getOriginalMessage().lines().map(String::strip).collect(Collectors.joining(" "));
			throw new FileRefused(name,
					"line %d is not correct YAML: %s.".formatted(ex.getLocation().getLineNr(), reason));
		}
	}

	private Mapping mapping(Keys root, String yaml) {
		root.allow("files", "format", "delimiter", "encoding", "nulls", "city", "country", "cities", "timezone",
				"latitude", "longitude", "time", "resolution", "fields", "label", "unitGroup");
		Format format = root.oneOf("format", Map.of("csv", Format.CSV, "parquet", Format.PARQUET));
		Resolution resolution = root.oneOf("resolution", Map.of("hour", Resolution.HOUR, "day", Resolution.DAY));
		if (resolution == null) {
			resolution = Resolution.HOUR;
		}
		boolean endLabel = isEnd(root);
		Place city = place(root, "city", true);
		Place country = place(root, "country", false);
		Keys fields = root.keys("fields");
		List<ValueColumn> columns = (fields != null) ? columns(fields, resolution, endLabel) : List.of();
		String conditions = (fields != null) ? conditions(fields) : null;
		TimeColumn time = time(root);
		if (fields != null && fields.names().stream().allMatch(Field.CONDITIONS::equals)) {
			root.problem("fields", "it names no column; allowed fields: " + Field.names(resolution) + ".");
		}
		if (!columns.isEmpty()) {
			if (city == null) {
				root.missing("city", "{ column: … }, { constant: … }, { fileName: … } or { prefix: … }");
			}
			if (time == null) {
				root.missing("time", "{ column: …, format: … }");
			}
		}
		return new Mapping(this.name, glob(root), format, delimiter(root), encoding(root), nulls(root), city, country,
				cities(root), zone(root, "timezone"), degrees(root, "latitude", 90), degrees(root, "longitude", 180),
				time, resolution, columns, conditions, units(root), canonical(root.node()), yaml);
	}

	static @Nullable String glob(Keys root) {
		String glob = root.text("files");
		if (glob != null) {
			try {
				FileSystems.getDefault().getPathMatcher("glob:" + glob);
			}
			catch (PatternSyntaxException ex) {
				root.problem("files", "'%s' is no glob such as \"*.csv\".".formatted(glob));
				return null;
			}
		}
		return glob;
	}

	static @Nullable String delimiter(Keys root) {
		String delimiter = root.text("delimiter");
		if (delimiter != null && (delimiter.isEmpty() || delimiter.matches("(?s).*[\"\r\n].*"))) {
			root.problem("delimiter", "it is a character such as \",\", \";\" or \"\\t\".");
			return null;
		}
		return delimiter;
	}

	static Charset encoding(Keys root) {
		String encoding = root.text("encoding");
		if (encoding == null) {
			return StandardCharsets.UTF_8;
		}
		try {
			return Charset.forName(encoding);
		}
		catch (IllegalArgumentException ex) {
			root.problem("encoding", "'%s' is not known; write for example UTF-8, ISO-8859-1, windows-1252 or UTF-16."
				.formatted(encoding));
			return StandardCharsets.UTF_8;
		}
	}

	static NoValues nulls(Keys root) {
		JsonNode node = root.node().get("nulls");
		if (node == null) {
			return NoValues.BLANK;
		}
		if (!node.isArray() || node.valueStream().anyMatch(JsonNode::isContainer)) {
			root.problem("nulls", "it is a list of texts, such as [\"\", \"NA\"].");
			return NoValues.BLANK;
		}
		return new NoValues(node.valueStream().map((text) -> text.asString().strip()).distinct().toList());
	}

	private static @Nullable Place place(Keys root, String key, boolean prefix) {
		Keys place = root.keys(key);
		if (place == null) {
			return null;
		}
		String[] forms = prefix ? new String[] { "column", "constant", "fileName", "prefix" }
				: new String[] { "column", "constant", "fileName" };
		place.allow(forms);
		List<String> given = Arrays.stream(forms).filter(place::has).toList();
		if (given.size() != 1) {
			place.problem(null, "it has exactly one of " + String.join(", ", forms) + ".");
			return null;
		}
		String form = given.get(0);
		String text = place.required(form);
		if (text == null) {
			return null;
		}
		return switch (form) {
			case "column" -> new Column(name(text));
			case "constant" -> new Constant(text);
			case "prefix" -> new Prefix(text);
			default -> fileName(place, text);
		};
	}

	private static @Nullable Place fileName(Keys place, String text) {
		try {
			return new FileName(Pattern.compile(text));
		}
		catch (PatternSyntaxException ex) {
			place.problem("fileName", "'%s' is no regular expression: %s.".formatted(text, ex.getDescription()));
			return null;
		}
	}

	private static Map<String, CityEntry> cities(Keys root) {
		Keys cities = root.keys("cities");
		Map<String, CityEntry> entries = new LinkedHashMap<>();
		if (cities != null) {
			for (String key : cities.names()) {
				Keys city = cities.keys(key);
				if (city != null) {
					city.allow("name", "country", "timezone", "latitude", "longitude");
					entries.put(Normalizer.normalize(key.strip(), Normalizer.Form.NFC),
							new CityEntry(city.text("name"), city.text("country"), zone(city, "timezone"),
									degrees(city, "latitude", 90), degrees(city, "longitude", 180)));
				}
			}
		}
		return entries;
	}

	private static @Nullable TimeColumn time(Keys root) {
		Keys time = root.keys("time");
		if (time == null) {
			return null;
		}
		time.allow("column", "format", "zone");
		String column = time.required("column");
		String text = time.text("format");
		TimeFormat format = null;
		if (text != null) {
			try {
				format = TimeFormat.of(text);
			}
			catch (IllegalArgumentException ex) {
				time.problem("format",
						"'%s' is neither iso, epoch-seconds, epoch-millis nor a pattern such as yyyy-MM-dd HH:mm (%s)."
							.formatted(text, ex.getMessage()));
			}
		}
		ZoneId zone = zone(time, "zone");
		return (column != null) ? new TimeColumn(name(column), format, zone) : null;
	}

	private static @Nullable String conditions(Keys fields) {
		Keys conditions = fields.has(Field.CONDITIONS) ? fields.keys(Field.CONDITIONS) : null;
		if (conditions == null) {
			return null;
		}
		conditions.allow("column");
		String column = conditions.required("column");
		return (column != null) ? name(column) : null;
	}

	private static List<ValueColumn> columns(Keys fields, Resolution resolution, boolean endLabel) {
		List<ValueColumn> columns = new ArrayList<>();
		Map<Field, String> seen = new LinkedHashMap<>();
		for (String key : fields.names()) {
			if (key.equals(Field.CONDITIONS)) {
				continue;
			}
			Field field = Field.of(key).orElse(null);
			if (field == null) {
				fields.problem(key, "there is no such field; allowed: " + Field.names(resolution) + ".");
				continue;
			}
			if (field.isOfDay() && resolution != Resolution.DAY) {
				fields.problem(key, "only whole days have lowest and highest values: say `resolution: day`.");
			}
			String other = seen.put(field, key);
			if (other != null) {
				fields.problem(key, "it is the same as %s.".formatted(other));
			}
			ValueColumn column = column(fields, key, field, endLabel);
			if (column != null) {
				columns.add(column);
			}
		}
		return columns;
	}

	private static @Nullable ValueColumn column(Keys fields, String key, Field field, boolean endLabel) {
		Keys keys = fields.keys(key);
		if (keys == null) {
			return null;
		}
		keys.allow("column", "unit", "label");
		String column = keys.required("column");
		List<String> units = Units.names(field.metric());
		// Where there is no choice, nothing needs to be said
		String unit = keys.has("unit") ? keys.required("unit") : units.get(0);
		if (!keys.has("unit") && units.size() > 1) {
			keys.missing("unit", "one of " + String.join(", ", units));
		}
		if (unit != null) {
			try {
				Units.conversion(field.metric(), unit);
			}
			catch (IllegalArgumentException ex) {
				keys.problem("unit", String.valueOf(ex.getMessage()));
			}
		}
		boolean sum = field.metric().isSum() && field.part() == Field.Part.VALUE;
		if (keys.has("label") && !sum) {
			keys.problem("label", "only the sums precipitation and snow have a label.");
		}
		boolean labelledAtEnd = sum && (keys.has("label") ? isEnd(keys) : endLabel);
		return (column != null && unit != null) ? new ValueColumn(key, field, name(column), unit, labelledAtEnd) : null;
	}

	/** As the columns of tables are named. */
	private static String name(String column) {
		return Normalizer.normalize(column.strip(), Normalizer.Form.NFC);
	}

	private static boolean isEnd(Keys keys) {
		return Boolean.TRUE.equals(keys.oneOf("label", Map.of("start", false, "end", true)));
	}

	private static @Nullable UnitGroup units(Keys root) {
		String text = root.text("unitGroup");
		if (text == null) {
			return null;
		}
		try {
			return UnitGroup.of(text);
		}
		catch (IllegalArgumentException ex) {
			root.problem("unitGroup", String.valueOf(ex.getMessage()));
			return null;
		}
	}

	private static @Nullable ZoneId zone(Keys keys, String key) {
		String text = keys.text(key);
		if (text == null) {
			return null;
		}
		try {
			return ZoneId.of(text);
		}
		catch (DateTimeException ex) {
			keys.problem(key, "'%s' is no time zone; write a name such as Europe/Paris, or UTC.".formatted(text));
			return null;
		}
	}

	private static @Nullable Double degrees(Keys keys, String key, double most) {
		String text = keys.text(key);
		if (text == null) {
			return null;
		}
		try {
			double degrees = Numbers.parse(text);
			if (Math.abs(degrees) <= most) {
				return degrees;
			}
		}
		catch (NumberFormatException ex) {
			// Said below
		}
		keys.problem(key, "'%s' is no number of degrees between -%d and %d.".formatted(text, (int) most, (int) most));
		return null;
	}

	/** What is said, without order and comments; not which files it is said of. */
	static String canonical(JsonNode node) {
		if (node.isObject()) {
			Map<String, String> sorted = new TreeMap<>();
			node.properties().forEach((entry) -> sorted.put(entry.getKey(), canonical(entry.getValue())));
			sorted.remove("files");
			return sorted.entrySet()
				.stream()
				.map((entry) -> '"' + entry.getKey() + "\":" + entry.getValue())
				.collect(Collectors.joining(",", "{", "}"));
		}
		return node.toString();
	}

	/** The keys of one level of a mapping. */
	record Keys(String path, JsonNode node, List<String> problems) {

		void allow(String... allowed) {
			for (String name : names()) {
				if (!List.of(allowed).contains(name)) {
					problem(name, "there is no such key; allowed: " + String.join(", ", allowed) + ".");
				}
			}
		}

		List<String> names() {
			return this.node.propertyStream().map(Map.Entry::getKey).toList();
		}

		boolean has(String key) {
			return this.node.has(key);
		}

		@Nullable String text(String key) {
			JsonNode value = this.node.get(key);
			if (value == null) {
				return null;
			}
			if (!value.isValueNode() || value.isNull()) {
				problem(key, "it is a text.");
				return null;
			}
			return value.asString();
		}

		@Nullable String required(String key) {
			if (!has(key)) {
				missing(key, "a text");
				return null;
			}
			String text = text(key);
			if (text != null && text.isEmpty()) {
				problem(key, "it is empty.");
				return null;
			}
			return text;
		}

		@Nullable Keys keys(String key) {
			JsonNode value = this.node.get(key);
			if (value == null) {
				return null;
			}
			if (!value.isObject()) {
				problem(key, "it has keys of its own, as in `%s: { … }`.".formatted(key));
				return null;
			}
			return new Keys(pathOf(key), value, this.problems);
		}

		<T> @Nullable T oneOf(String key, Map<String, T> choices) {
			String text = text(key);
			if (text == null) {
				return null;
			}
			T choice = choices.get(text.toLowerCase(Locale.ROOT));
			if (choice == null) {
				problem(key, "'%s' is not known; allowed: %s.".formatted(text,
						choices.keySet().stream().sorted().collect(Collectors.joining(", "))));
			}
			return choice;
		}

		void missing(String key, String allowed) {
			this.problems.add("`%s` is missing; it is %s.".formatted(pathOf(key), allowed));
		}

		void problem(@Nullable String key, String problem) {
			this.problems.add("`%s`: %s".formatted((key != null) ? pathOf(key) : this.path, problem));
		}

		private String pathOf(String key) {
			return this.path.isEmpty() ? key : this.path + "." + key;
		}

	}

}
