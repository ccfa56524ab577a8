package io.isobar.web;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import javax.net.SocketFactory;

import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.RequestContextHolder;

/**
 * Connections to PostgreSQL on which nobody waits for ever, however slowly an answer
 * comes: the driver's own limit, {@code socketTimeout}, begins anew with each byte. An
 * answer that has begun has to be whole within a limit; one to a request of the web, from
 * the question on, as a statement of a job may take minutes.
 */
public final class LimitedAnswers extends SocketFactory {

	private final Duration limit;

	/**
	 * Made by the driver.
	 * @param limit as in ISO 8601; the driver's property {@code socketFactoryArg}
	 */
	public LimitedAnswers(String limit) {
		this.limit = Duration.parse(limit);
	}

	@Override
	public Socket createSocket() {
		return new LimitedSocket(this.limit);
	}

	@Override
	public Socket createSocket(String host, int port) throws IOException {
		return connected(new InetSocketAddress(host, port), null);
	}

	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		return connected(new InetSocketAddress(host, port), null);
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
		return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
	}

	@Override
	public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
		return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
	}

	private Socket connected(InetSocketAddress address, @Nullable InetSocketAddress local) throws IOException {
		Socket socket = createSocket();
		socket.bind(local);
		socket.connect(address);
		return socket;
	}

	/** The driver lets one thread at a time ask and read. */
	private static final class LimitedSocket extends Socket {

		private final Duration limit;

		/** Nanoseconds for which the last question's answer was waited for. */
		private long waited;

		/** Whether some of that answer has come. */
		private boolean begun;

		LimitedSocket(Duration limit) {
			this.limit = limit;
		}

		@Override
		public OutputStream getOutputStream() throws IOException {
			return new FilterOutputStream(super.getOutputStream()) {

				@Override
				public void write(int b) throws IOException {
					asked();
					this.out.write(b);
				}

				@Override
				public void write(byte[] b, int off, int len) throws IOException {
					asked();
					this.out.write(b, off, len);
				}

			};
		}

		@Override
		public InputStream getInputStream() throws IOException {
			return new FilterInputStream(super.getInputStream()) {

				@Override
				public int read() throws IOException {
					return limited(this.in::read);
				}

				@Override
				public int read(byte[] b, int off, int len) throws IOException {
					return limited(() -> this.in.read(b, off, len));
				}

			};
		}

		private void asked() {
			this.waited = 0;
			this.begun = false;
		}

		private int limited(Reading reading) throws IOException {
			if (!this.begun && RequestContextHolder.getRequestAttributes() == null) {
				int read = reading.read();
				this.begun = true;
				return read;
			}
			long left = TimeUnit.NANOSECONDS.toMillis(this.limit.toNanos() - this.waited);
			if (left <= 0) {
				throw new SocketTimeoutException("An answer was not whole after " + this.limit);
			}
			int own = getSoTimeout();
			if (own > 0 && own <= left) {
				return waiting(reading);
			}
			setSoTimeout((int) left);
			try {
				return waiting(reading);
			}
			finally {
				setSoTimeout(own);
			}
		}

		private int waiting(Reading reading) throws IOException {
			long from = System.nanoTime();
			try {
				int read = reading.read();
				this.begun = true;
				return read;
			}
			finally {
				this.waited += System.nanoTime() - from;
			}
		}

	}

	private interface Reading {

		int read() throws IOException;

	}

}
