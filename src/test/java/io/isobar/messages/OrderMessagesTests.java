package io.isobar.messages;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

import io.isobar.orders.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OrderMessagesTests {

	@Test
	void whatIsWrittenIsReadAgain() throws MessageRefused {
		Order order = new Order("Ali \"the\n😀\"", new BigDecimal("1234567890123456789012345678.90"));

		assertThat(OrderMessages.read(OrderMessages.write(order))).isEqualTo(order);
	}

	@Test
	void amountsAreWrittenPlainly() {
		assertThat(text(OrderMessages.write(new Order("Ali", new BigDecimal("400.00")))))
			.isEqualTo("{\"customer\":\"Ali\",\"amount\":400}");
		assertThat(text(OrderMessages.write(new Order("Ali", new BigDecimal("0.50")))))
			.isEqualTo("{\"customer\":\"Ali\",\"amount\":0.5}");
	}

	@Test
	void fieldsThatAreNotKnownArePassedOverInAMessageAndRefusedWhereSomebodyCanBeTold() throws MessageRefused {
		byte[] bytes = bytes("{\"note\":{\"a\":[1]},\"customer\":\" Ali \",\"amount\":4E+2}");

		assertThat(OrderMessages.read(bytes)).isEqualTo(new Order("Ali", new BigDecimal("400.00")));
		assertThatThrownBy(() -> OrderMessages.readStrictly(bytes)).isInstanceOf(MessageRefused.class)
			.hasMessageContaining("note");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "order", "[]", "null", "{}", "{\"customer\":\"Ali\"}", "{\"amount\":1}",
			"{\"customer\":\"Ali\",\"amount\":\"80\"}", "{\"customer\":\"Ali\",\"amount\":null}",
			"{\"customer\":null,\"amount\":1}", "{\"customer\":7,\"amount\":1}", "{\"customer\":\"Ali\",\"amount\":0}",
			"{\"customer\":\"Ali\",\"amount\":-80}", "{\"customer\":\"Ali\",\"amount\":1.234}",
			"{\"customer\":\"Ali\",\"amount\":NaN}", "{\"customer\":\"Ali\",\"amount\":1e40}",
			"{\"customer\":\"Ali\",\"amount\":1e99999999999}", "{\"customer\":\"Ali\",\"amount\":true}",
			"{\"customer\":\"Ali\",\"amount\":[1]}", "{\"customer\":\"\",\"amount\":1}",
			"{\"customer\":\"  \",\"amount\":1}", "{\"customer\":\"a\\u0000\",\"amount\":1}",
			"{\"customer\":\"a\\ud800\",\"amount\":1}", "{\"customer\":\"Ali\",\"amount\":1",
			"{\"customer\":\"Ali\",\"amount\":1}{}", "{\"customer\":\"Ali\",\"customer\":\"Sara\",\"amount\":1}",
			"{\"customer\":\"Ali\",\"amount\":1,\"amount\":2}" })
	void whatIsNoOrderIsRefusedWithASentence(String text) {
		assertThatThrownBy(() -> OrderMessages.read(bytes(text))).isInstanceOf(MessageRefused.class)
			.extracting(Throwable::getMessage)
			.asString()
			.matches("(?s)[A-Z].+\\.");
	}

	@Test
	void bytesThatAreNoTextAreRefused() {
		for (byte[] bytes : new byte[][] { null, { (byte) 0xff, 1 }, { 0, '{' }, { '{', 0 },
				bytes("{\"customer\":\"x\",\"amount\":" + "1".repeat(100_000) + "}") }) {
			assertThatThrownBy(() -> OrderMessages.read(bytes)).isInstanceOf(MessageRefused.class);
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

}
