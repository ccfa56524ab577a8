package io.isobar.provider.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** What the first bytes of a file betray. */
final class Content {

	static final int HEAD = 4096;

	private static final byte[] PARQUET = { 'P', 'A', 'R', '1' };

	private Content() {
	}

	static byte[] head(Location file) throws IOException {
		try (InputStream stream = file.open()) {
			return stream.readNBytes(HEAD);
		}
	}

	static boolean isParquet(byte[] head) {
		return startsWith(head, PARQUET);
	}

	/** Why these bytes do not begin a table of text; null where they may. */
	static @Nullable String noText(byte[] head, boolean wide) {
		if (head.length == 0) {
			return "it is empty. Copy or download it again.";
		}
		if (isParquet(head)) {
			return "it is a Parquet file. Give it a name that ends in .parquet, and a mapping with `format: parquet`.";
		}
		if (startsWith(head, new byte[] { 0x1f, (byte) 0x8b })) {
			return "it is compressed (gzip). Unpack it first.";
		}
		if (startsWith(head, new byte[] { 'P', 'K', 3, 4 })) {
			return "it is a ZIP archive or a spreadsheet. Unpack it, or save the sheet as CSV.";
		}
		if (!wide) {
			for (byte b : head) {
				if (b == 0) {
					return "it is binary, not a table of text. If it is UTF-16, give a mapping with `encoding: UTF-16`.";
				}
			}
		}
		String text = new String(head, StandardCharsets.ISO_8859_1).replace("\u00ef\u00bb\u00bf", "")
			.stripLeading()
			.toLowerCase(Locale.ROOT);
		if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
			return "it is a page (%s…), not a table: probably the error page of a download. Download it again."
				.formatted(text.substring(0, Math.min(text.length(), 14)).strip());
		}
		return null;
	}

	private static boolean startsWith(byte[] bytes, byte[] start) {
		if (bytes.length < start.length) {
			return false;
		}
		for (int i = 0; i < start.length; i++) {
			if (bytes[i] != start[i]) {
				return false;
			}
		}
		return true;
	}

}
