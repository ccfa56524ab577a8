package io.isobar.provider.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A table of text whose values have any number of blanks between them; no line names its
 * columns.
 */
final class WhitespaceTable implements Table {

	private final String file;

	private final NoValues none;

	private final BufferedReader reader;

	private final List<String> columns;

	private String[] row = new String[0];

	private long line;

	private WhitespaceTable(String file, NoValues none, BufferedReader reader, List<String> columns) {
		this.file = file;
		this.none = none;
		this.reader = reader;
		this.columns = columns;
	}

	static WhitespaceTable open(Location file, Charset charset, NoValues none, List<String> columns)
			throws FileRefused, IOException {
		String problem = Content.noText(Content.head(file), charset.name().startsWith("UTF-16"));
		if (problem != null) {
			throw new FileRefused(file.name(), problem);
		}
		return new WhitespaceTable(file.name(), none,
				new BufferedReader(new InputStreamReader(file.open(),
						charset.newDecoder()
							.onMalformedInput(CodingErrorAction.REPORT)
							.onUnmappableCharacter(CodingErrorAction.REPORT))),
				columns);
	}

	@Override
	public List<String> columns() {
		return this.columns;
	}

	@Override
	public boolean next() throws FileRefused, IOException {
		try {
			String text;
			while ((text = this.reader.readLine()) != null) {
				this.line++;
				if (!text.isBlank()) {
					this.row = text.strip().split("\\s+");
					return true;
				}
			}
			return false;
		}
		catch (CharacterCodingException ex) {
			throw new FileRefused(this.file,
					"near line %d it is not in its encoding. Say it in the mapping, for example `encoding: ISO-8859-1`."
						.formatted(this.line + 1));
		}
	}

	@Override
	public void check() throws RowRejected {
		if (this.row.length != this.columns.size()) {
			throw new RowRejected(
					"it has %d values where the header has %d names.".formatted(this.row.length, this.columns.size()));
		}
	}

	@Override
	public String place() {
		return "line " + this.line;
	}

	@Override
	public @Nullable String text(int column) {
		return (column < this.row.length && !this.none.has(this.row[column])) ? this.row[column] : null;
	}

	@Override
	public double number(int column) throws RowRejected {
		String text = text(column);
		try {
			return (text != null) ? Numbers.parse(text) : Double.NaN;
		}
		catch (NumberFormatException ex) {
			throw new RowRejected("%s is '%s', which is no number.".formatted(this.columns.get(column), text));
		}
	}

	@Override
	public @Nullable Object time(int column, TimeFormat format) throws RowRejected {
		String text = text(column);
		return (text != null) ? format.parse(text) : null;
	}

	@Override
	public void close() throws IOException {
		this.reader.close();
	}

}
