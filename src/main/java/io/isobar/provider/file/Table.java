package io.isobar.provider.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** The rows of a file, one after the other; never all of them at once. */
interface Table extends Closeable {

	/** The names of the columns, in NFC. */
	List<String> columns();

	/**
	 * Goes to the next row.
	 * @return whether there is one
	 * @throws FileRefused if the file turns out to be broken
	 */
	boolean next() throws FileRefused, IOException;

	/**
	 * Whether the row is whole.
	 * @throws RowRejected if it is not
	 */
	void check() throws RowRejected;

	/** Where the row stands: {@code line 17}. */
	String place();

	/** The text of a column, without space around it; null where there is none. */
	@Nullable String text(int column) throws RowRejected;

	/** The number of a column; NaN where there is none. */
	double number(int column) throws RowRejected;

	/**
	 * The time of a column, as {@link TimeFormat} gives it; a column of type time needs
	 * no format. Null where there is none.
	 */
	@Nullable Object time(int column, TimeFormat format) throws RowRejected;

	/** Says which columns will be asked for. Without it any may be. */
	default void select(Set<Integer> columns) {
	}

}
