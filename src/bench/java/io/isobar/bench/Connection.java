package io.isobar.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A connection to the application that stays open from request to request. A plain
 * socket, so that who asks takes little of the cores.
 */
final class Connection implements AutoCloseable {

	private final int port;

	private Socket socket;

	private InputStream in;

	private boolean open = true;

	Connection(int port) throws IOException {
		this.port = port;
		this.socket = connect();
		this.in = buffered(this.socket);
	}

	/** A request, to be sent as often as one likes. */
	static byte[] get(String address, String authorization) {
		return ("GET " + address + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
				+ (authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n") + "\r\n")
			.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * The bytes of the answer's body.
	 * @throws IOException if it is any but 200
	 */
	byte[] ask(byte[] request) throws IOException {
		if (!this.open) {
			// The server ends each after some requests
			this.socket.close();
			this.socket = connect();
			this.in = buffered(this.socket);
		}
		this.socket.getOutputStream().write(request);
		return answer();
	}

	private Socket connect() throws IOException {
		Socket connected = new Socket(InetAddress.getLoopbackAddress(), this.port);
		connected.setTcpNoDelay(true);
		return connected;
	}

	private static InputStream buffered(Socket socket) throws IOException {
		return new BufferedInputStream(socket.getInputStream(), 65_536);
	}

	private byte[] answer() throws IOException {
		String status = line();
		if (!status.startsWith("HTTP/1.1 200")) {
			throw new IOException("The answer is " + status);
		}
		int length = -1;
		this.open = true;
		for (String header = line(); !header.isEmpty(); header = line()) {
			if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
				length = Integer.parseInt(header.substring(15).trim());
			}
			this.open &= !header.equalsIgnoreCase("connection: close");
		}
		if (length >= 0) {
			return this.in.readNBytes(length);
		}
		// In pieces, each with its length before it
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (int piece = Integer.parseInt(line(), 16);; piece = Integer.parseInt(line(), 16)) {
			body.write(this.in.readNBytes(piece));
			this.in.skipNBytes(2);
			if (piece == 0) {
				return body.toByteArray();
			}
		}
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new IOException("The connection was closed.");
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
