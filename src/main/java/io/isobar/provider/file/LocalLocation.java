package io.isobar.provider.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;

/** On the application's disk. */
final class LocalLocation extends Location {

	private final Path path;

	LocalLocation(Path path) {
		this.path = path;
	}

	@Override
	public String name() {
		return String.valueOf(this.path.toAbsolutePath().normalize().getFileName());
	}

	@Override
	public boolean exists() {
		return Files.exists(this.path);
	}

	@Override
	public boolean isFolder() {
		return Files.isDirectory(this.path);
	}

	@Override
	public long length() throws IOException {
		return Files.size(this.path);
	}

	@Override
	public InputStream open() throws IOException {
		return new BufferedInputStream(Files.newInputStream(this.path), 1 << 16);
	}

	@Override
	Location real() throws IOException {
		return new LocalLocation(this.path.toRealPath());
	}

	@Override
	boolean isWithin(String root) throws IOException {
		try {
			Path folder = Path.of(root);
			return Files.exists(folder) && this.path.startsWith(folder.toRealPath());
		}
		catch (InvalidPathException ex) {
			return false;
		}
	}

	@Override
	public List<Location> children() throws IOException {
		try (Stream<Path> children = Files.list(this.path)) {
			return children.sorted(Comparator.comparing((child) -> child.getFileName().toString()))
				.<Location>map(LocalLocation::new)
				.toList();
		}
	}

	@Override
	Location sibling(String name) {
		return new LocalLocation(this.path.resolveSibling(name));
	}

	@Override
	Location child(String name) {
		return new LocalLocation(this.path.resolve(name));
	}

	@Override
	Optional<Location> parent() {
		return Optional.ofNullable(this.path.toAbsolutePath().normalize().getParent()).map(LocalLocation::new);
	}

	@Override
	InputFile parquet() {
		return new LocalInputFile(this.path);
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
