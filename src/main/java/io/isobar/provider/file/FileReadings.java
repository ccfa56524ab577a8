package io.isobar.provider.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import io.isobar.provider.AnswerRefused;
import io.isobar.provider.FileHints;
import io.isobar.provider.JsonFile;
import io.isobar.provider.JsonFiles;
import io.isobar.provider.UnitGroup;
import io.isobar.provider.file.CityClaim.ZoneConflict;
import io.isobar.provider.file.FoundFile.Kind;
import io.isobar.provider.file.Layout.Value;
import io.isobar.provider.file.Mapping.Format;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Reading;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * The readings in files: finds the files of a folder and their mappings, and reads them
 * one by one, a batch of readings at a time.
 */
public final class FileReadings {

	/** How many readings are handed over at once. */
	public static final int BATCH = 1000;

	private static final String MAPPING = "mapping.yaml";

	private static final String MAPPING_OF_FILE = ".mapping.yaml";

	/** What people put beside data to explain it. */
	private static final List<String> PAPERS = List.of("readme", "license", "licence", "notice", "copying");

	/** A provider's answer is far smaller, and is read as a whole. */
	private static final int LONGEST_ANSWER = 256_000_000;

	/** In the order in which a header is tried with them. */
	private static final List<String> DELIMITERS = List.of(",", ";", "\t", "|");

	private final ImportSettings settings;

	private final JsonFiles answers;

	private final KnownCities cities;

	private final Clock clock;

	/**
	 * Readings of files.
	 * @param answers reads the files that hold a provider's answer
	 * @param cities asked for each city that a file names
	 * @param clock says when the readings are collected
	 */
	public FileReadings(ImportSettings settings, JsonFiles answers, KnownCities cities, Clock clock) {
		this.settings = settings;
		this.answers = answers;
		this.cities = cities;
		this.clock = clock;
	}

	/**
	 * The files at that path, sorted: the file itself, or all of the folder and its
	 * folders. Left out are mappings, hidden files, those that begin with {@code _}, and
	 * papers such as README and LICENSE.
	 * @param mapping used for every file of which it speaks; null: what lies beside them
	 * @throws FileRefused if there is nothing, it lies outside the allowed roots, or the
	 * given mapping cannot be read
	 */
	public List<FoundFile> find(Location path, @Nullable Location mapping) throws FileRefused, IOException {
		try {
			if (!path.exists()) {
				throw new FileRefused(path.toString(), "there is no such file or folder. Correct the path.");
			}
			this.settings.check(path);
			Mapping given = (mapping != null) ? given(mapping) : null;
			Search search = new Search(given, mapping);
			if (path.isFolder()) {
				search.folder(path, "", null);
			}
			else {
				search.file(path, path.name(), besides(path));
			}
			if (search.found.isEmpty()) {
				throw new FileRefused(path.toString(), "the folder holds no file to import.");
			}
			return search.found;
		}
		catch (AccessDeniedException ex) {
			throw new FileRefused(path.toString(),
					"it may not be read by the user who runs the application. Correct the permissions of %s."
						.formatted(ex.getFile()));
		}
	}

	/**
	 * A file that was imported, to be read anew as it was read then.
	 * @param content its bytes, under the name that it had
	 * @throws FileRefused if its mapping cannot be read any more
	 */
	public FoundFile again(Location content, KeptImport kept) throws FileRefused {
		String mapping = kept.mapping();
		return new FoundFile(content, kept.name(),
				(mapping != null) ? MappingFile.parse(String.valueOf(kept.mappingName()), mapping) : null, null);
	}

	/**
	 * Reads a file to its end and hands its readings over.
	 * @throws FileRefused if it is not read; nearly always before anything was handed
	 * over (see {@link ReadingsConsumer})
	 * @throws IOException if it cannot be read now, or from the consumer
	 */
	public Tally read(FoundFile file, ReadingsConsumer consumer) throws FileRefused, IOException {
		return read(file, this.clock.instant(), consumer);
	}

	/**
	 * As {@link #read(FoundFile, ReadingsConsumer)}, of readings that came in at that
	 * time.
	 */
	public Tally read(FoundFile file, Instant collected, ReadingsConsumer consumer) throws FileRefused, IOException {
		if (file.refusal().isPresent()) {
			throw file.refusal().get();
		}
		Mapping mapping = file.mapping();
		try {
			return switch (file.kind()) {
				case JSON -> answer(file, mapping, collected, consumer);
				case CSV, TEXT, PARQUET -> table(file, mapping, collected, consumer);
				case OTHER -> throw unknownKind(file.name());
			};
		}
		catch (FileRefused refusal) {
			// Two folders may hold files of one name
			throw new FileRefused(file.name(), refusal.problems());
		}
	}

	private Mapping given(Location mapping) throws FileRefused, IOException {
		if (!mapping.exists() || mapping.isFolder()) {
			throw new FileRefused(mapping.toString(),
					"there is no such mapping file. Correct the parameter `mapping`.");
		}
		this.settings.checkMapping(mapping);
		return MappingFile.read(mapping);
	}

	private static @Nullable Location besides(Location file) {
		return file.parent().map((folder) -> folder.child(MAPPING)).orElse(null);
	}

	private static FileRefused unknownKind(String name) {
		return new FileRefused(name,
				"its name ends neither in .csv, .txt, .parquet nor .json, so it is not known how to read it. Rename it, or take it out of the folder.");
	}

	private Tally table(FoundFile file, @Nullable Mapping mapping, Instant collected, ReadingsConsumer consumer)
			throws FileRefused, IOException {
		String name = file.location().name();
		if (mapping != null && mapping.describesTable()) {
			try (Table table = open(file, mapping, mapping.delimiter())) {
				return new TableReader(name, table, MappedLayout.of(mapping, table, name), this.cities, collected,
						consumer)
					.read();
			}
		}
		try (Table table = recognised(file, mapping)) {
			KnownHeader header = KnownHeader.of(table.columns())
				.orElseThrow(() -> new FileRefused(name, unknownHeader(mapping, table)));
			Layout layout = header.layout(table, mapping, this.cities, name);
			if (header == KnownHeader.VISUAL_CROSSING && KnownHeader.units(mapping) == UnitGroup.METRIC) {
				checkUnits(file, mapping, layout);
			}
			return new TableReader(name, table, layout, this.cities, collected, consumer).read();
		}
	}

	private static String unknownHeader(@Nullable Mapping mapping, Table table) {
		String columns = new MappedLayout.Columns(table.columns()).there();
		return (mapping != null)
				? "its mapping %s has no `fields`, and its columns are not %s; %s".formatted(mapping.name(),
						KnownHeader.known(), columns)
				: "there is no mapping for it (parameter, %s beside it, or %s in its folder), and its columns are not %s; %s"
					.formatted("<file>" + MAPPING_OF_FILE, MAPPING, KnownHeader.known(), columns);
	}

	/** The table with the delimiter under which its header is known, if there is one. */
	private static Table recognised(FoundFile file, @Nullable Mapping mapping) throws FileRefused, IOException {
		if (file.kind() != Kind.PARQUET && (mapping == null || mapping.delimiter() == null)) {
			for (String delimiter : DELIMITERS) {
				Table table = open(file, mapping, delimiter);
				if (KnownHeader.of(table.columns()).isPresent()) {
					return table;
				}
				table.close();
			}
		}
		return open(file, mapping, (mapping != null) ? mapping.delimiter() : null);
	}

	private static Table open(FoundFile file, @Nullable Mapping mapping, @Nullable String delimiter)
			throws FileRefused, IOException {
		NoValues none = (mapping != null) ? mapping.nulls() : NoValues.BLANK;
		Format format = (mapping != null) ? mapping.format() : null;
		boolean parquet = file.kind() == Kind.PARQUET;
		if (format != null && parquet != (format == Format.PARQUET)) {
			throw new FileRefused(file.location().name(),
					"its mapping %s says `format: %s`, but its name ends otherwise. Correct the mapping, or rename the file."
						.formatted(Objects.requireNonNull(mapping).name(), format.name().toLowerCase(Locale.ROOT)));
		}
		if (parquet) {
			return ParquetTable.open(file.location(), none);
		}
		return CsvTable.open(file.location(), (delimiter != null) ? delimiter : ",",
				(mapping != null) ? mapping.encoding() : StandardCharsets.UTF_8, none);
	}

	/**
	 * Visual Crossing's tables do not say their units; most of their temperatures are
	 * impossible in °C if they are in °F and it was warm.
	 */
	private static void checkUnits(FoundFile file, @Nullable Mapping mapping, Layout layout)
			throws FileRefused, IOException {
		List<Value> temperatures = layout.strands()
			.stream()
			.flatMap((strand) -> strand.values().stream())
			.filter((value) -> value.metric() == Metric.TEMPERATURE)
			.toList();
		long there = 0;
		long impossible = 0;
		try (Table table = recognised(file, mapping)) {
			while (table.next()) {
				for (Value value : temperatures) {
					double number = numberOrNaN(table, value.column());
					if (!Double.isNaN(number)) {
						there++;
						impossible += Metric.TEMPERATURE.isPlausible(number, Resolution.HOUR) ? 0 : 1;
					}
				}
			}
		}
		if (2 * impossible > there) {
			throw new FileRefused(file.location().name(),
					"its units are wrong: %d of its %d temperatures are impossible in °C. If they are in °F, give it a mapping with `unitGroup: us`, or fetch it again with unitGroup=metric."
						.formatted(impossible, there));
		}
	}

	private static double numberOrNaN(Table table, int column) {
		try {
			return table.number(column);
		}
		catch (RowRejected rejection) {
			return Double.NaN;
		}
	}

	private Tally answer(FoundFile file, @Nullable Mapping mapping, Instant collected, ReadingsConsumer consumer)
			throws FileRefused, IOException {
		String name = file.location().name();
		if (file.location().length() > LONGEST_ANSWER) {
			throw new FileRefused(name, "it is larger than %d MB, which no provider's answer is. Split it."
				.formatted(LONGEST_ANSWER / 1_000_000));
		}
		byte[] content;
		try (InputStream stream = file.location().open()) {
			content = stream.readAllBytes();
		}
		CityClaim claim = (mapping != null) ? MappedLayout.claim(mapping, name) : null;
		FileHints hints = new FileHints((claim != null) ? settle(name, claim) : null,
				(mapping != null) ? mapping.units() : null);
		JsonFile answer;
		try {
			answer = this.answers.read(name, content, hints, this.cities, collected);
		}
		catch (AnswerRefused refusal) {
			throw new FileRefused(name, refusal.sentence().replaceFirst("^\\Q" + name + ": \\E", ""));
		}
		City said = answer.city();
		City city = settle(name,
				new CityClaim(said.name(), said.country(), said.zone(), said.latitude(), said.longitude()));
		List<Reading> readings = answer.readings().stream().map((reading) -> of(city, reading)).toList();
		if (!readings.isEmpty()) {
			consumer.city(city);
		}
		for (int from = 0; from < readings.size(); from += BATCH) {
			consumer.readings(readings.subList(from, Math.min(from + BATCH, readings.size())));
		}
		return new Tally(answer.counts().read(), readings.size(), answer.counts().filtered(),
				answer.counts().rejected(), answer.counts().flagged(), answer.counts().rejections(),
				readings.isEmpty() ? List.of() : List.of(city));
	}

	private City settle(String file, CityClaim claim) throws FileRefused {
		try {
			return claim.settle(this.cities);
		}
		catch (RowRejected | ZoneConflict problem) {
			throw new FileRefused(file, String.valueOf(problem.getMessage()));
		}
	}

	/** A city of a known name in another country is kept under another name. */
	private static Reading of(City city, Reading reading) {
		return reading.city().equals(city.name()) ? reading
				: new Reading(city.name(), reading.observedAt(), reading.resolution(), reading.origin(),
						reading.channel(), reading.collected(), reading.values(), reading.lows(), reading.highs(),
						reading.conditions(), reading.flagged());
	}

	/** One walk through a folder. */
	private final class Search {

		private final @Nullable Mapping given;

		private final @Nullable String givenPath;

		private final List<FoundFile> found = new ArrayList<>();

		/** Folders that were entered: a symbolic link may lead back. */
		private final Set<String> entered = new HashSet<>();

		private final Map<String, Mapping> mappings = new HashMap<>();

		Search(@Nullable Mapping given, @Nullable Location mapping) throws IOException {
			this.given = given;
			this.givenPath = (mapping != null) ? mapping.real().toString() : null;
		}

		void folder(Location folder, String prefix, @Nullable Location outerMapping) throws IOException {
			if (!this.entered.add(folder.real().toString())) {
				return;
			}
			Location own = folder.child(MAPPING);
			Location mapping = own.exists() ? own : outerMapping;
			for (Location child : folder.children()) {
				String name = child.name();
				if (name.startsWith(".") || name.startsWith("_") || !child.exists()) {
					continue;
				}
				if (child.isFolder()) {
					folder(child, prefix + name + "/", mapping);
				}
				else if (!isMapping(child) && !isPaper(name)) {
					file(child, prefix + name, mapping);
				}
			}
		}

		void file(Location file, String name, @Nullable Location folderMapping) throws IOException {
			Mapping mapping = null;
			FileRefused refusal = null;
			try {
				FileReadings.this.settings.check(file);
				mapping = mapping(file, name, folderMapping);
				Kind kind = Kind.of(file.name());
				if (kind == Kind.OTHER) {
					refusal = unknownKind(name);
				}
				else if (kind == Kind.TEXT && (mapping == null || !mapping.describesTable())) {
					refusal = new FileRefused(name,
							"a text file needs a mapping with `fields`: the parameter, %s beside it, or %s in its folder."
								.formatted(file.name() + MAPPING_OF_FILE, MAPPING));
				}
			}
			catch (FileRefused ex) {
				refusal = new FileRefused(name, ex.problems());
			}
			this.found.add(new FoundFile(file, name, mapping, refusal));
		}

		private @Nullable Mapping mapping(Location file, String path, @Nullable Location folderMapping)
				throws FileRefused, IOException {
			if (this.given != null && this.given.appliesTo(path, file.name())) {
				return this.given;
			}
			Location beside = file.sibling(file.name() + MAPPING_OF_FILE);
			for (Location location : new Location[] { beside, folderMapping }) {
				Optional<Mapping> mapping = (location != null && location.exists())
						? Optional.of(parsed(file, location)) : Optional.empty();
				if (mapping.isPresent() && mapping.get().appliesTo(path, file.name())) {
					return mapping.get();
				}
			}
			return null;
		}

		private Mapping parsed(Location file, Location location) throws FileRefused, IOException {
			Mapping mapping = this.mappings.get(location.toString());
			if (mapping == null) {
				FileReadings.this.settings.checkMapping(location);
				try {
					mapping = MappingFile.read(location);
				}
				catch (FileRefused refusal) {
					throw new FileRefused(file.name(), "its mapping %s is wrong. %s".formatted(location.name(),
							String.join(" ", refusal.problems())));
				}
				this.mappings.put(location.toString(), mapping);
			}
			return mapping;
		}

		private boolean isMapping(Location file) throws IOException {
			return file.name().equals(MAPPING) || file.name().endsWith(MAPPING_OF_FILE)
					|| (this.givenPath != null && file.real().toString().equals(this.givenPath));
		}

		private static boolean isPaper(String name) {
			String lower = name.toLowerCase(Locale.ROOT);
			return Kind.of(name) != Kind.CSV && Kind.of(name) != Kind.PARQUET && Kind.of(name) != Kind.JSON
					&& PAPERS.stream().anyMatch(lower::startsWith);
		}

	}

}
