package io.isobar.orders;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OrderTests {

	@ParameterizedTest
	@CsvSource({ "80,80.00", "12.5,12.50", "12.50,12.50", "0.01,0.01", "4E+2,400.00", "1.2300,1.23",
			"999999999999999999999999999999.99,999999999999999999999999999999.99" })
	void anAmountHasTwoDecimalPlaces(String written, String kept) throws OrderRefused {
		assertThat(Order.placed("Ali", new BigDecimal(written)).amount()).isEqualTo(new BigDecimal(kept));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "0.001", "1.234", "1E+30", "1E+999999999", "1E-999999999" })
	void whatIsNoAmountIsRefused(String written) {
		assertThatThrownBy(() -> Order.placed("Ali", new BigDecimal(written))).isInstanceOf(OrderRefused.class)
			.hasMessageStartingWith("The amount is")
			.extracting(Throwable::getMessage)
			.matches((sentence) -> sentence.length() < 200);
	}

	@Test
	void aCustomerHasUpTo200CharactersWithoutSpaceAroundThem() throws OrderRefused {
		assertThat(Order.customer(" Ali \n")).isEqualTo("Ali");
		assertThat(Order.customer("😀".repeat(200))).hasSize(400);
		for (String wrong : new String[] { "", " \t", "x".repeat(201), "a\u0000b", "a\ud800b" }) {
			assertThatThrownBy(() -> Order.customer(wrong)).isInstanceOf(OrderRefused.class);
		}
	}

}
