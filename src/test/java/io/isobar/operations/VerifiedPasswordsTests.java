package io.isobar.operations;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VerifiedPasswordsTests {

	private final VerifiedPasswords passwords = new VerifiedPasswords();

	@Test
	void theRightPasswordMatchesAgainAndAgainAndAWrongOneNever() {
		String encoded = this.passwords.encode("right");

		assertThat(this.passwords.matches("wrong", encoded)).isFalse();
		assertThat(this.passwords.matches("right", encoded)).isTrue();
		assertThat(this.passwords.matches("right", encoded)).isTrue();
		assertThat(this.passwords.matches("wrong", encoded)).isFalse();
		assertThat(this.passwords.matches("", encoded)).isFalse();
	}

	@Test
	void whatOneUserSentDoesNotOpenAnother() {
		String one = this.passwords.encode("same");
		String other = this.passwords.encode("different");

		assertThat(this.passwords.matches("same", one)).isTrue();
		assertThat(this.passwords.matches("same", other)).isFalse();
	}

}
