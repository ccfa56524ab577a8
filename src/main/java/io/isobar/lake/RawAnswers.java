package io.isobar.lake;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import io.isobar.weather.Origin;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * The answers of providers and the files of imports, as they came. A file is written
 * under a temporary name and renamed, so it is there whole or not at all; it is never
 * changed.
 */
@Component
public class RawAnswers {

	private static final DateTimeFormatter COLLECTED = DateTimeFormatter
		.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private static final Logger logger = LoggerFactory.getLogger(RawAnswers.class);

	private final Lake lake;

	RawAnswers(Lake lake) {
		this.lake = lake;
	}

	/**
	 * Keeps a provider's answer.
	 * @return its path below the lake's root
	 */
	public String keep(Origin provider, String city, LocalDate from, LocalDate to, Instant collected, byte[] answer) {
		String days = from.equals(to) ? from.toString() : from + "_" + to;
		return keep("weather/raw/%s/%s/%s/%s.json.gz".formatted(provider.name(), folder(city), days,
				COLLECTED.format(collected)), answer);
	}

	/**
	 * Keeps an answer that could not be trusted aside, for a person to look at.
	 * @return its path below the lake's root
	 */
	public String keepRefused(Origin provider, String city, LocalDate from, LocalDate to, Instant collected,
			byte[] answer) {
		return keep("weather/raw/rejected/%s/%s/%s_%s/%s.gz".formatted(provider.name(), folder(city), from, to,
				COLLECTED.format(collected)), answer);
	}

	private String keep(String path, byte[] answer) {
		write(path, (out) -> {
			try (OutputStream zipped = new GZIPOutputStream(out)) {
				zipped.write(answer);
			}
		});
		return path;
	}

	/**
	 * Keeps an imported file under the hash of its bytes.
	 * @return its path below the lake's root
	 */
	public String keepFile(String sha256, InputStream content) {
		String path = "weather/raw/file/" + sha256;
		write(path, content::transferTo);
		return path;
	}

	/**
	 * Keeps how an imported file was read, beside it.
	 * @param importHash of the file and its mapping
	 */
	public void keepImport(String importHash, byte[] description) {
		write(importPath(importHash), (out) -> out.write(description));
	}

	/** How an imported file was read; empty where it was not kept. */
	public Optional<byte[]> importOf(String importHash) {
		return read(importPath(importHash));
	}

	private static String importPath(String importHash) {
		return "weather/raw/file/%s.import.json".formatted(importHash);
	}

	/**
	 * A provider's answer as it came; empty where it is no longer there.
	 * @param path what {@link #keep} returned
	 */
	public Optional<byte[]> answer(String path) {
		return read(path).map((zipped) -> {
			try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
				return in.readAllBytes();
			}
			catch (IOException ex) {
				throw new UncheckedIOException("%s could not be unpacked: %s".formatted(path, ex.getMessage()), ex);
			}
		});
	}

	private Optional<byte[]> read(String path) {
		try (InputStream in = this.lake.files().open(this.lake.path(path))) {
			return Optional.of(in.readAllBytes());
		}
		catch (FileNotFoundException ex) {
			return Optional.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					"%s could not be read from the lake: %s".formatted(path, String.valueOf(ex.getMessage())), ex);
		}
	}

	private interface Content {

		void writeTo(OutputStream out) throws IOException;

	}

	private void write(String path, Content content) {
		Path target = this.lake.path(path);
		FileSystem files = this.lake.files();
		try {
			if (!files.exists(target)) {
				// Of this writer alone: another may be keeping the same
				write(files, new Path(target.getParent(), "_%s.%s.part".formatted(target.getName(), UUID.randomUUID())),
						target, content);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(
					"%s could not be kept in the lake: %s".formatted(target, String.valueOf(ex.getMessage())), ex);
		}
	}

	private static void write(FileSystem files, Path temporary, Path target, Content content) throws IOException {
		boolean renamed = false;
		try {
			try (OutputStream out = files.create(temporary, true)) {
				content.writeTo(out);
			}
			CrashPoint.at("raw.written");
			renamed = files.rename(temporary, target);
			if (!renamed && !files.exists(target)) {
				throw new IOException("The name %s could not be given.".formatted(target));
			}
			CrashPoint.at("raw.renamed");
		}
		finally {
			if (!renamed) {
				discard(files, temporary);
			}
		}
	}

	private static void discard(FileSystem files, Path temporary) {
		try {
			files.delete(temporary, false);
		}
		catch (IOException ex) {
			logger.debug("{} is left, and never read", temporary, ex);
		}
	}

	/** A city's name as a folder: what a path cannot hold is written as its code. */
	private static String folder(String city) {
		StringBuilder name = new StringBuilder();
		for (char c : city.toCharArray()) {
			boolean plain = Character.isLetterOrDigit(c) || " -_,'".indexOf(c) >= 0;
			name.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
		}
		return name.toString();
	}

}
