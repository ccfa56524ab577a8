package io.isobar.spark;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The histories of each year and those of all closed years together, kept in a folder, so
 * that a run merges only what is new. Files are never changed: each run that changes
 * anything writes its own, and a record of which ones belong to its result.
 */
final class KeptHistories {

	private static final String RECORD = "record.json";

	private static final JsonMapper JSON = new JsonMapper();

	/**
	 * What belongs to a result.
	 *
	 * @param closedBefore years before this one are merged in {@code closed}
	 * @param closed file of the closed years, below the folder
	 * @param years file of each year, below the folder
	 * @param zones the zone by which the days of each city were cut, by name
	 */
	record Contents(int closedBefore, String closed, SortedMap<Integer, String> years, Map<String, String> zones) {

		/** Where nothing is kept. */
		static final Contents NOTHING = new Contents(Integer.MIN_VALUE, "", new TreeMap<>(), Map.of());

		Contents {
			years = new TreeMap<>(years);
		}

	}

	private final Path folder;

	private final FileSystem files;

	KeptHistories(FileSystem files, Path folder) {
		this.files = files;
		this.folder = folder;
	}

	/** The record of that number, if all that it names is there. */
	Optional<Contents> find(long number) throws IOException {
		try (InputStream in = this.files.open(path(number, RECORD))) {
			Contents record = JSON.readValue(in, Contents.class);
			Set<String> named = new TreeSet<>(record.years().values());
			named.add(record.closed());
			for (String name : named) {
				if (!this.files.exists(new Path(this.folder, name))) {
					return Optional.empty();
				}
			}
			return Optional.of(record);
		}
		catch (FileNotFoundException | JsonProcessingException ex) {
			return Optional.empty();
		}
	}

	/** What was written under that name; nothing at all under the empty one. */
	Histories read(String name) throws IOException {
		if (name.isEmpty()) {
			return new Histories();
		}
		try (DataInputStream in = new DataInputStream(
				new BufferedInputStream(this.files.open(new Path(this.folder, name)), 1 << 16))) {
			return Histories.read(in);
		}
	}

	/**
	 * Writes histories for the record of that number.
	 * @return the name to be noted in the record
	 */
	String write(long number, String name, Histories histories) throws IOException {
		Path path = path(number, name);
		try (DataOutputStream out = new DataOutputStream(
				new BufferedOutputStream(this.files.create(path, true), 1 << 16))) {
			histories.write(out);
		}
		return path.getParent().getName() + "/" + name;
	}

	/** Writes the record, after all that it names. */
	void write(long number, Contents record) throws IOException {
		try (OutputStream out = this.files.create(path(number, RECORD), true)) {
			out.write(JSON.writeValueAsBytes(record));
		}
	}

	/**
	 * Deletes what no record of those numbers names. What is newer than all of them
	 * stays: it may be of somebody who has gone on in the meantime.
	 * @param numbers of the records that are still needed
	 */
	void keepOnly(Collection<Long> numbers) throws IOException {
		Set<String> needed = new TreeSet<>();
		for (long number : numbers) {
			find(number).ifPresent((record) -> {
				needed.addAll(record.years().values());
				needed.add(record.closed());
				needed.add(number + "/" + RECORD);
			});
		}
		if (!this.files.exists(this.folder)) {
			return;
		}
		long newest = numbers.stream().mapToLong(Long::longValue).max().orElse(0);
		for (FileStatus run : this.files.listStatus(this.folder)) {
			if (Long.parseLong(run.getPath().getName()) > newest) {
				continue;
			}
			boolean any = false;
			for (FileStatus file : this.files.listStatus(run.getPath())) {
				if (needed.contains(run.getPath().getName() + "/" + file.getPath().getName())) {
					any = true;
				}
				else {
					this.files.delete(file.getPath(), false);
				}
			}
			if (!any) {
				this.files.delete(run.getPath(), true);
			}
		}
	}

	private Path path(long number, String name) {
		return new Path(new Path(this.folder, String.valueOf(number)), name);
	}

}
