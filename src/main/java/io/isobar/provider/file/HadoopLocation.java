package io.isobar.provider.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;

/** In a Hadoop file system. */
final class HadoopLocation extends Location {

	private final FileSystem fileSystem;

	private final Path path;

	private final String name;

	HadoopLocation(FileSystem fileSystem, Path path) {
		this(fileSystem, path, path.getName());
	}

	HadoopLocation(FileSystem fileSystem, Path path, String name) {
		this.fileSystem = fileSystem;
		this.path = path;
		this.name = name;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public boolean exists() throws IOException {
		return this.fileSystem.exists(this.path);
	}

	@Override
	public boolean isFolder() throws IOException {
		return this.fileSystem.getFileStatus(this.path).isDirectory();
	}

	@Override
	public long length() throws IOException {
		return this.fileSystem.getFileStatus(this.path).getLen();
	}

	@Override
	public InputStream open() throws IOException {
		return this.fileSystem.open(this.path);
	}

	@Override
	Location real() throws IOException {
		return new HadoopLocation(this.fileSystem, this.fileSystem.resolvePath(this.path));
	}

	@Override
	boolean isWithin(String root) {
		Path folder;
		try {
			folder = new Path(root);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
		// A root without a scheme is one on the application's disk
		if (folder.toUri().getScheme() == null) {
			return false;
		}
		Path qualified = this.fileSystem.makeQualified(this.path);
		for (Path ancestor = qualified; ancestor != null; ancestor = ancestor.getParent()) {
			if (ancestor.equals(folder)) {
				return true;
			}
		}
		return false;
	}

	@Override
	public List<Location> children() throws IOException {
		return Arrays.stream(this.fileSystem.listStatus(this.path))
			.map(FileStatus::getPath)
			.sorted(Comparator.comparing(Path::getName))
			.<Location>map((child) -> new HadoopLocation(this.fileSystem, child))
			.toList();
	}

	@Override
	Location sibling(String name) {
		return new HadoopLocation(this.fileSystem, new Path(this.path.getParent(), name));
	}

	@Override
	Location child(String name) {
		return new HadoopLocation(this.fileSystem, new Path(this.path, name));
	}

	@Override
	Optional<Location> parent() {
		return Optional.ofNullable(this.path.getParent()).map((folder) -> new HadoopLocation(this.fileSystem, folder));
	}

	@Override
	InputFile parquet() throws IOException {
		return HadoopInputFile.fromPath(this.path, this.fileSystem.getConf());
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
