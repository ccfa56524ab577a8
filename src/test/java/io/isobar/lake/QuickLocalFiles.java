package io.isobar.lake;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local files, for tests ({@code core-site.xml}): without its native library it
 * starts a process for each file that is made or renamed, for permissions and links,
 * which no test has.
 */
public final class QuickLocalFiles extends LocalFileSystem {

	public QuickLocalFiles() {
		super(new Raw());
	}

	private static final class Raw extends RawLocalFileSystem {

		@Override
		public void setPermission(Path path, FsPermission permission) {
		}

		@Override
		public FileStatus getFileLinkStatus(Path path) throws IOException {
			return getFileStatus(path);
		}

	}

	/** The same for those who ask for an {@code AbstractFileSystem}. */
	public static final class Context extends DelegateToFileSystem {

		public Context(URI uri, Configuration configuration) throws IOException, URISyntaxException {
			super(uri, new Raw(), configuration, "file", false);
		}

		@Override
		public int getUriDefaultPort() {
			return -1;
		}

		/** As in HDFS, of many who want a name one alone gets it. */
		@Override
		public void renameInternal(Path from, Path to, boolean overwrite) throws IOException {
			java.nio.file.Path source = java.nio.file.Path.of(from.toUri().getPath());
			if (overwrite || Files.isDirectory(source)) {
				super.renameInternal(from, to, overwrite);
				return;
			}
			try {
				Files.createLink(java.nio.file.Path.of(to.toUri().getPath()), source);
			}
			catch (java.nio.file.FileAlreadyExistsException ex) {
				throw new FileAlreadyExistsException(to.toString());
			}
			Files.delete(source);
		}

		@Override
		public boolean isValidName(String name) {
			return true;
		}

	}

}
