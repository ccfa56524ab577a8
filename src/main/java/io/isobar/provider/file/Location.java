package io.isobar.provider.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.apache.hadoop.fs.FileSystem;
import org.apache.parquet.io.InputFile;

/**
 * A file or folder, on the application's disk or in a Hadoop file system (the lake).
 */
public abstract sealed class Location permits LocalLocation, HadoopLocation {

	/** A place on the application's disk. */
	public static Location local(Path path) {
		return new LocalLocation(path);
	}

	/** A place in a Hadoop file system. */
	public static Location hadoop(FileSystem fileSystem, org.apache.hadoop.fs.Path path) {
		return new HadoopLocation(fileSystem, path);
	}

	/** A file in a Hadoop file system that once had another name. */
	public static Location hadoop(FileSystem fileSystem, org.apache.hadoop.fs.Path path, String name) {
		return new HadoopLocation(fileSystem, path, name);
	}

	/** The last part of its path. */
	public abstract String name();

	public abstract boolean exists() throws IOException;

	public abstract boolean isFolder() throws IOException;

	/** In bytes. */
	public abstract long length() throws IOException;

	public abstract InputStream open() throws IOException;

	/** Where it really is, symbolic links followed: what a root is compared with. */
	abstract Location real() throws IOException;

	/** Whether it is that folder or lies somewhere in it; both {@linkplain #real()}. */
	abstract boolean isWithin(String root) throws IOException;

	/** What lies in this folder, sorted by name. */
	public abstract List<Location> children() throws IOException;

	/** Something beside it that may not exist. */
	abstract Location sibling(String name);

	/** Something in this folder that may not exist. */
	abstract Location child(String name);

	/** The folder in which it lies. */
	abstract Optional<Location> parent();

	abstract InputFile parquet() throws IOException;

	/** The path as a person writes it. */
	@Override
	public abstract String toString();

}
