package io.isobar.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

import com.fasterxml.jackson.databind.json.JsonMapper;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder on the lake through which an application on a cluster is told what to do and
 * tells what came of it.
 */
public final class Exchange {

	private static final JsonMapper JSON = new JsonMapper();

	private final FileSystem files;

	private final Path folder;

	public Exchange(FileSystem files, Path folder) {
		this.files = files;
		this.folder = folder;
	}

	static Exchange in(String folder, Configuration hadoop) throws IOException {
		Path path = new Path(folder);
		return new Exchange(path.getFileSystem(hadoop), path);
	}

	public void ask(Record request) throws IOException {
		write("request.json", request);
	}

	<Q extends Record> Q request(Class<Q> type) throws IOException {
		return read("request.json", type);
	}

	void answer(Record result) throws IOException {
		write("result.json", result);
	}

	public <R extends Record> R result(Class<R> type) throws IOException {
		return read("result.json", type);
	}

	/** Deletes what lies beside it and is older by so much. */
	public void deleteOlder(Duration age) throws IOException {
		long now = this.files.getFileStatus(this.folder).getModificationTime();
		for (FileStatus beside : this.files.listStatus(this.folder.getParent())) {
			if (beside.getModificationTime() < now - age.toMillis()) {
				this.files.delete(beside.getPath(), true);
			}
		}
	}

	/** Nothing is left of it. */
	public void delete() throws IOException {
		this.files.delete(this.folder, true);
	}

	private void write(String name, Record content) throws IOException {
		try (OutputStream file = this.files.create(new Path(this.folder, name), true)) {
			file.write(JSON.writeValueAsBytes(content));
		}
	}

	private <T extends Record> T read(String name, Class<T> type) throws IOException {
		try (InputStream file = this.files.open(new Path(this.folder, name))) {
			return JSON.readValue(file, type);
		}
	}

}
