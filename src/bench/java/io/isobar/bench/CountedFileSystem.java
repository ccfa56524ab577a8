package io.isobar.bench;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** This machine's files, with a count of what is read of the data files of readings. */
public final class CountedFileSystem extends LocalFileSystem {

	private static final Set<String> FILES = ConcurrentHashMap.newKeySet();

	private static final AtomicLong BYTES = new AtomicLong();

	static void reset() {
		FILES.clear();
		BYTES.set(0);
	}

	static int files() {
		return FILES.size();
	}

	static long bytes() {
		return BYTES.get();
	}

	@Override
	public FSDataInputStream open(Path file, int bufferSize) throws IOException {
		FSDataInputStream in = super.open(file, bufferSize);
		if (!file.toString().contains("/weather/readings/month=")) {
			return in;
		}
		FILES.add(file.toString());
		return new FSDataInputStream(new Counted(in));
	}

	private static final class Counted extends FSInputStream {

		private final FSDataInputStream in;

		Counted(FSDataInputStream in) {
			this.in = in;
		}

		@Override
		public int read() throws IOException {
			int read = this.in.read();
			if (read >= 0) {
				BYTES.incrementAndGet();
			}
			return read;
		}

		@Override
		public int read(byte[] into, int offset, int length) throws IOException {
			int read = this.in.read(into, offset, length);
			if (read > 0) {
				BYTES.addAndGet(read);
			}
			return read;
		}

		@Override
		public void seek(long position) throws IOException {
			this.in.seek(position);
		}

		@Override
		public long getPos() throws IOException {
			return this.in.getPos();
		}

		@Override
		public boolean seekToNewSource(long position) throws IOException {
			return this.in.seekToNewSource(position);
		}

		@Override
		public void close() throws IOException {
			this.in.close();
		}

	}

}
