package io.isobar.provider.http;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SecretTests {

	@Test
	void aKeyIsMaskedWhereverItStands() {
		Secret secret = Secret.of(" p/w+1 ");

		assertThat(secret.redact("No account found with API key 'p/w+1'"))
			.isEqualTo("No account found with API key '***'");
		assertThat(secret.redact("https://host/x?key=p%2Fw%2B1&lang=en")).isEqualTo("https://host/x?key=***&lang=en");
		assertThat(secret).hasToString("***");
	}

	@Test
	void anyKeyOfAUrlIsMasked() {
		assertThat(Secret.of(null).redact("https://host/x?apikey=abc&lang=en"))
			.isEqualTo("https://host/x?apikey=***&lang=en");
	}

	@Test
	void aBodyWithoutTheKeyStaysTheSame() {
		byte[] body = { 0x1f, (byte) 0x8b, (byte) 0xff };

		assertThat(Secret.of("secret").redact(body)).isSameAs(body);
	}

}
