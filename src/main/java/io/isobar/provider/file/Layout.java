package io.isobar.provider.file;

import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

import io.isobar.weather.Metric;
import io.isobar.weather.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of one table become readings: where everything stands in it, by position.
 *
 * @param time the column of the time
 * @param format of the time, where its type does not say it
 * @param textZone of a time without zone; null: the city's
 * @param dayZone in which an instant is turned into a day; null: the city's
 * @param daysAreInstants whether a day is written as the instant at which it began
 * @param resolution of all rows, or where the column does not say it
 * @param resolutionColumn -1: none
 * @param originColumn -1: all are of origin file
 * @param sourceColumn says whether a row is a forecast; -1: none
 * @param strands one for each reading that a row can hold
 */
record Layout(int time, TimeFormat format, @Nullable ZoneId textZone, @Nullable ZoneId dayZone, boolean daysAreInstants,
		Resolution resolution, int resolutionColumn, int originColumn, int sourceColumn, List<Strand> strands) {

	/** All columns that it asks for. */
	Set<Integer> columns() {
		Set<Integer> columns = new LinkedHashSet<>(
				List.of(this.time, this.resolutionColumn, this.originColumn, this.sourceColumn));
		for (Strand strand : this.strands) {
			columns.add(strand.conditions());
			columns.addAll(strand.city().columns());
			strand.values().forEach((value) -> columns.add(value.column()));
		}
		columns.remove(-1);
		return columns;
	}

	/** Whether a sum may belong to the reading before. */
	boolean hasSumsLabelledAtEnd() {
		return this.strands.stream().flatMap((strand) -> strand.values().stream()).anyMatch(Value::labelledAtEnd);
	}

	/**
	 * One reading of a row.
	 *
	 * @param conditions the column of the words; -1: none
	 */
	record Strand(CitySource city, List<Value> values, int conditions) {

	}

	/** Where a value stands, and how it becomes one of ours. */
	record Value(Metric metric, Field.Part part, int column, DoubleUnaryOperator conversion, boolean labelledAtEnd) {

	}

	/** From where a row has its city. */
	interface CitySource {

		/** The columns that it asks for; -1 among them means none. */
		Set<Integer> columns();

		/**
		 * What tells the cities of the table apart.
		 * @throws RowRejected if the row has no city
		 */
		String key(Table row) throws RowRejected;

		/** What is said about the city of that key, asked once for each. */
		CityClaim claim(Table row, String key) throws RowRejected;

	}

}
