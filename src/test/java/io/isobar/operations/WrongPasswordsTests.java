package io.isobar.operations;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WrongPasswordsTests {

	private long now = -42;

	private final WrongPasswords wrongPasswords = new WrongPasswords(() -> this.now);

	@Test
	void nineWrongPasswordsAreForgiven() {
		wrong("10.0.0.1", 9);

		assertThat(this.wrongPasswords.of("10.0.0.1").toWait()).isZero();
	}

	@Test
	void tenWithinAMinuteMustWaitUntilTheFirstIsAMinuteOld() {
		wrong("10.0.0.1", 1);
		pass(Duration.ofSeconds(20));
		wrong("10.0.0.1", 9);

		assertThat(this.wrongPasswords.of("10.0.0.1").toWait()).isEqualTo(Duration.ofSeconds(40));
		assertThat(this.wrongPasswords.of("10.0.0.2").toWait()).isZero();
	}

	@Test
	void theMinuteSlides() {
		wrong("10.0.0.1", 1);
		pass(Duration.ofSeconds(20));
		wrong("10.0.0.1", 9);
		pass(Duration.ofSeconds(40));
		assertThat(this.wrongPasswords.of("10.0.0.1").toWait()).isZero();

		wrong("10.0.0.1", 1);

		assertThat(this.wrongPasswords.of("10.0.0.1").toWait()).isEqualTo(Duration.ofSeconds(20));
	}

	@Test
	void thisGoesOnForEver() {
		for (int i = 0; i < 35; i++) {
			wrong("10.0.0.1", 1);
			pass(Duration.ofSeconds(6));
		}

		assertThat(this.wrongPasswords.of("10.0.0.1").toWait()).isZero();
		wrong("10.0.0.1", 1);
		assertThat(this.wrongPasswords.of("10.0.0.1").toWait()).isEqualTo(Duration.ofSeconds(6));
	}

	@Test
	void aNetworkOfIpv6CountsAsOneAddress() {
		wrong("2001:db8:1:2:aaaa::1", 5);
		wrong("2001:db8:1:2:bbbb::2", 5);

		assertThat(this.wrongPasswords.of("2001:db8:1:2::3").toWait()).isPositive();
		assertThat(this.wrongPasswords.of("2001:db8:1:3::3").toWait()).isZero();
	}

	@Test
	void theMemoryForThemIsBounded() {
		for (int i = 0; i < 30_000; i++) {
			wrong("10." + (i / 65_536) + "." + (i / 256 % 256) + "." + (i % 256), 1);
		}

		assertThat(this.wrongPasswords.addresses()).isEqualTo(10_000);
	}

	private void wrong(String address, int times) {
		for (int i = 0; i < times; i++) {
			this.wrongPasswords.of(address).addWrong();
		}
	}

	private void pass(Duration time) {
		this.now += time.toNanos();
	}

}
