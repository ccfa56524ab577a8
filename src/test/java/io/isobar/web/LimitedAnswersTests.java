package io.isobar.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LimitedAnswersTests {

	private final ScheduledExecutorService server = Executors.newSingleThreadScheduledExecutor();

	private ServerSocket listening;

	private Socket client;

	private Socket accepted;

	@BeforeEach
	void connect() throws IOException {
		this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		this.client = new LimitedAnswers("PT1S").createSocket();
		this.client.connect(this.listening.getLocalSocketAddress());
		this.accepted = this.listening.accept();
		this.client.setSoTimeout(60_000);
	}

	@AfterEach
	void end() throws IOException {
		RequestContextHolder.resetRequestAttributes();
		this.server.shutdownNow();
		this.client.close();
		this.accepted.close();
		this.listening.close();
	}

	@Test
	void anAnswerThatDripsIsGivenUp() {
		drip(0, 50);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(1_000));
	}

	@Test
	void anAnswerThatHasBegunIsNotWaitedForAnyLonger() throws IOException {
		drip(0, 60_000);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(2));
		assertThat(this.client.getSoTimeout()).as("what the driver has set").isEqualTo(60_000);
	}

	@Test
	void aStatementOfAJobMayTakeLongerBeforeItIsAnswered() throws IOException {
		drip(1_500, 1);
		assertThat(read(2)).isEqualTo(2);
	}

	@Test
	void aRequestDoesNotWaitThatLong() {
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(new MockHttpServletRequest()));
		drip(60_000, 1);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(1));
	}

	@Test
	void theDriversOwnLimitHoldsWhereItIsShorter() throws IOException {
		this.client.setSoTimeout(1);
		drip(0, 100);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(1_000));
		assertThat(this.client.getSoTimeout()).isOne();
	}

	@Test
	void eachQuestionHasItsOwnLimit() throws IOException {
		drip(0, 50);
		for (int i = 0; i < 15; i++) {
			this.client.getOutputStream().write(new byte[] { 1 });
			assertThat(read(2)).isEqualTo(2);
		}
	}

	/** The server says a byte after so many milliseconds, and one every so often. */
	private void drip(int after, int every) {
		this.server.scheduleAtFixedRate(() -> {
			try {
				this.accepted.getOutputStream().write(1);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}, after, every, TimeUnit.MILLISECONDS);
	}

	private int read(int count) throws IOException {
		return this.client.getInputStream().readNBytes(count).length;
	}

}
