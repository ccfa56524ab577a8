package io.isobar.provider.file;

import java.nio.charset.Charset;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.isobar.provider.UnitGroup;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * What a mapping file says about files. What it does not say is null or empty: a file
 * whose header is known, and a provider's answer, need less of it than a table does.
 *
 * @param name of the mapping file, for the sentences
 * @param files which files of the folder it speaks of, as a glob; null: all
 * @param format null: as the name of the file ends
 * @param delimiter null: a comma
 * @param encoding of a table of text
 * @param nulls texts that mean no value
 * @param city where the city stands
 * @param country where the country stands
 * @param cities what is known of single cities, by the text in the file
 * @param zone of the cities
 * @param latitude of the city
 * @param longitude of the city
 * @param time where the time stands
 * @param resolution how long a row speaks for
 * @param columns where the values stand
 * @param conditions the column of the words for the weather
 * @param units the units of a provider's answer
 * @param canonical the same text for mappings that say the same
 * @param text the mapping file as it was
 */
record Mapping(String name, @Nullable String files, @Nullable Format format, @Nullable String delimiter,
		Charset encoding, NoValues nulls, @Nullable Place city, @Nullable Place country, Map<String, CityEntry> cities,
		@Nullable ZoneId zone, @Nullable Double latitude, @Nullable Double longitude, @Nullable TimeColumn time,
		Resolution resolution, List<ValueColumn> columns, @Nullable String conditions, @Nullable UnitGroup units,
		String canonical, String text) {

	/** Whether it describes a table, not just the city or the units. */
	boolean describesTable() {
		return !this.columns.isEmpty();
	}

	/** Whether it speaks of that file. */
	boolean appliesTo(String path, String fileName) {
		if (this.files == null) {
			return true;
		}
		PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + this.files);
		return matcher.matches(Path.of(fileName)) || matcher.matches(Path.of(path));
	}

	/** Whether what is read depends on the file's name. */
	boolean readsFileName() {
		return this.city instanceof FileName || this.country instanceof FileName;
	}

	/** How a file is built. */
	enum Format {

		CSV, PARQUET

	}

	/** Where a text stands: in a column, in the file's name, in column names, or here. */
	sealed interface Place permits Column, Constant, FileName, Prefix {

	}

	/** In a column of that name. */
	record Column(String column) implements Place {

	}

	/** Here, the same for the whole file. */
	record Constant(String text) implements Place {

	}

	/** In the file's name: the first group of the expression, else all it matches. */
	record FileName(Pattern pattern) implements Place {

		String in(String fileName) throws FileRefused {
			Matcher matcher = this.pattern.matcher(fileName);
			if (!matcher.find()) {
				throw new FileRefused(fileName,
						"its name does not match the mapping's fileName '%s'.".formatted(this.pattern));
			}
			String group = (matcher.groupCount() > 0) ? matcher.group(1) : matcher.group();
			if (group == null || group.isBlank()) {
				throw new FileRefused(fileName,
						"the mapping's fileName '%s' finds nothing in its name.".formatted(this.pattern));
			}
			return group;
		}

	}

	/** Before that separator in the names of the columns. */
	record Prefix(String separator) implements Place {

	}

	/** What is known of one city; null: what is said for all. */
	record CityEntry(@Nullable String name, @Nullable String country, @Nullable ZoneId zone, @Nullable Double latitude,
			@Nullable Double longitude) {

	}

	/** Where the time stands. A text without zone is of that zone, else of the city's. */
	record TimeColumn(String column, @Nullable TimeFormat format, @Nullable ZoneId zone) {

	}

	/**
	 * Where the values of a field stand.
	 *
	 * @param key as the mapping writes the field
	 * @param column its name; of a wide table what comes after the separator
	 * @param unit as the mapping names it
	 * @param labelledAtEnd whether the time of a sum is the end of its interval
	 */
	record ValueColumn(String key, Field field, String column, String unit, boolean labelledAtEnd) {

	}

}
