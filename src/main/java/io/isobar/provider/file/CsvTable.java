package io.isobar.provider.file;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.text.Normalizer;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A table of text whose first line names its columns. Lines end with LF, CRLF or a lone
 * CR.
 */
final class CsvTable implements Table {

	/** A row longer than this is a quote that was never closed. */
	private static final int LONGEST_ROW = 4_000_000;

	private final String file;

	private final Charset charset;

	private final NoValues none;

	private final Bounded reader;

	private final CSVParser parser;

	private final Iterator<CSVRecord> records;

	private final List<String> columns;

	private @Nullable CSVRecord row;

	private long line;

	private CsvTable(String file, Charset charset, NoValues none, Bounded reader, CSVParser parser, List<String> header)
			throws FileRefused, IOException {
		this.file = file;
		this.charset = charset;
		this.none = none;
		this.reader = reader;
		this.parser = parser;
		this.records = parser.iterator();
		if (!header.isEmpty()) {
			this.columns = header;
			return;
		}
		if (!next() || row().stream().allMatch(String::isBlank)) {
			throw new FileRefused(file, "it holds no line with the names of columns. Copy or download it again.");
		}
		this.columns = StreamSupport.stream(row().spliterator(), false)
			.map((name) -> Normalizer.normalize(name.strip(), Normalizer.Form.NFC))
			.toList();
	}

	/**
	 * Opens a table.
	 * @throws FileRefused if its content is no text or it has no header
	 */
	static CsvTable open(Location file, String delimiter, Charset charset, NoValues none)
			throws FileRefused, IOException {
		return open(file, delimiter, charset, none, List.of());
	}

	/**
	 * As {@link #open(Location, String, Charset, NoValues)}.
	 * @param header the names of the columns, where no line has them; else empty
	 */
	static CsvTable open(Location file, String delimiter, Charset charset, NoValues none, List<String> header)
			throws FileRefused, IOException {
		String problem = Content.noText(Content.head(file), charset.name().startsWith("UTF-16"));
		if (problem != null) {
			throw new FileRefused(file.name(), problem);
		}
		Bounded reader = new Bounded(new BufferedReader(new InputStreamReader(file.open(),
				charset.newDecoder()
					.onMalformedInput(CodingErrorAction.REPORT)
					.onUnmappableCharacter(CodingErrorAction.REPORT)),
				1 << 16));
		try {
			CSVFormat format = CSVFormat.DEFAULT.builder().setDelimiter(delimiter).setIgnoreEmptyLines(true).get();
			return new CsvTable(file.name(), charset, none, reader,
					CSVParser.builder().setReader(reader).setFormat(format).get(), header);
		}
		catch (FileRefused | IOException | RuntimeException ex) {
			reader.close();
			throw ex;
		}
	}

	@Override
	public List<String> columns() {
		return this.columns;
	}

	@Override
	public boolean next() throws FileRefused, IOException {
		this.reader.restart();
		try {
			if (!this.records.hasNext()) {
				return false;
			}
			this.row = this.records.next();
		}
		catch (UncheckedIOException ex) {
			throw broken(Objects.requireNonNullElseGet(ex.getCause(), () -> new IOException(ex)));
		}
		this.line = firstLine(this.row);
		return true;
	}

	/** The parser counts the lines that it has read; a quoted value may span several. */
	private long firstLine(CSVRecord record) {
		long last = this.parser.getCurrentLineNumber();
		if (last - this.line <= 1) {
			return last;
		}
		long breaks = 0;
		for (String value : record) {
			breaks += value.replace("\r\n", "\n").chars().filter((c) -> c == '\n' || c == '\r').count();
		}
		return last - breaks;
	}

	private FileRefused broken(IOException failure) throws IOException {
		long near = this.line + 1;
		if (failure instanceof CharacterCodingException) {
			return new FileRefused(this.file,
					"near line %d it is not %s. Say its encoding in the mapping, for example `encoding: ISO-8859-1`."
						.formatted(near, this.charset.name()));
		}
		if (failure instanceof RowTooLong) {
			return new FileRefused(this.file,
					"near line %d a row begins that does not end: a quote (\") was opened and never closed."
						.formatted(near));
		}
		if (failure instanceof CSVException) {
			return new FileRefused(this.file,
					"near line %d a quote (\") is never closed or stands within a value. Correct the line."
						.formatted(near));
		}
		throw failure;
	}

	@Override
	public void check() throws RowRejected {
		CSVRecord current = row();
		int size = current.size();
		// Spreadsheets end lines with delimiters that belong to no column
		while (size > this.columns.size() && current.get(size - 1).isBlank()) {
			size--;
		}
		if (size != this.columns.size()) {
			throw new RowRejected(
					"it has %d values where the header has %d names.".formatted(size, this.columns.size()));
		}
	}

	@Override
	public String place() {
		return "line " + this.line;
	}

	@Override
	public @Nullable String text(int column) {
		CSVRecord current = row();
		if (column >= current.size()) {
			return null;
		}
		String text = current.get(column).strip();
		return this.none.has(text) ? null : text;
	}

	@Override
	public double number(int column) throws RowRejected {
		String text = text(column);
		if (text == null) {
			return Double.NaN;
		}
		try {
			double number = Numbers.parse(text);
			return this.none.has(number) ? Double.NaN : number;
		}
		catch (NumberFormatException ex) {
			throw new RowRejected("%s is '%s', which is no number. If it means no value, add it to `nulls`."
				.formatted(this.columns.get(column), (text.length() <= 60) ? text : text.substring(0, 60) + "…"));
		}
	}

	@Override
	public @Nullable Object time(int column, TimeFormat format) throws RowRejected {
		String text = text(column);
		return (text != null) ? format.parse(text) : null;
	}

	private CSVRecord row() {
		CSVRecord current = this.row;
		if (current == null) {
			throw new IllegalStateException("next() comes first.");
		}
		return current;
	}

	@Override
	public void close() throws IOException {
		this.parser.close();
	}

	/** Drops a byte order mark, and stops at a row that does not end. */
	private static final class Bounded extends FilterReader {

		private boolean begun;

		private long read;

		Bounded(Reader reader) {
			super(reader);
		}

		void restart() {
			this.read = 0;
		}

		@Override
		public int read() throws IOException {
			char[] one = new char[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0];
		}

		@Override
		public int read(char[] buffer, int offset, int length) throws IOException {
			int count = super.read(buffer, offset, length);
			if (!this.begun && count > 0) {
				this.begun = true;
				if (buffer[offset] == '\ufeff') {
					System.arraycopy(buffer, offset + 1, buffer, offset, count - 1);
					count = (count > 1) ? count - 1 : super.read(buffer, offset, length);
				}
			}
			this.read += Math.max(count, 0);
			if (this.read > LONGEST_ROW) {
				throw new RowTooLong();
			}
			return count;
		}

	}

	private static final class RowTooLong extends IOException {

		private static final long serialVersionUID = 1L;

	}

}
