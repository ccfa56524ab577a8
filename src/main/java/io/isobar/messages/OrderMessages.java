package io.isobar.messages;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import org.jspecify.annotations.Nullable;

import io.isobar.orders.Order;
import io.isobar.orders.OrderRefused;

/**
 * The messages on the topic of orders, as JSON: {@code {"customer":"Ali","amount":80}}.
 * The lines of an orders file are the same. Thread-safe.
 */
public final class OrderMessages {

	/** The topic that people know. */
	public static final String TOPIC = "real-time-orders";

	private static final String EXAMPLE = " An order is a JSON object such as {\"customer\":\"Ali\",\"amount\":80}.";

	private static final JsonFactory JSON = JsonFactory.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	private OrderMessages() {
	}

	/**
	 * Reads a message; fields that are not known are passed over.
	 * @param bytes what Kafka holds, null for a tombstone
	 * @throws MessageRefused with the cause
	 */
	public static Order read(byte @Nullable [] bytes) throws MessageRefused {
		return read(bytes, false);
	}

	/**
	 * Reads what somebody asks for who can be told of a mistake: a field that is not
	 * known is one.
	 * @throws MessageRefused with the cause
	 */
	public static Order readStrictly(byte @Nullable [] bytes) throws MessageRefused {
		return read(bytes, true);
	}

	private static Order read(byte @Nullable [] bytes, boolean strict) throws MessageRefused {
		if (bytes == null) {
			throw new MessageRefused("There is no value (a tombstone)." + EXAMPLE);
		}
		if (bytes.length == 0) {
			throw new MessageRefused("It is empty." + EXAMPLE);
		}
		// JSON in UTF-16 or UTF-32 has such a byte at its beginning
		if (bytes[0] == 0 || (bytes.length > 1 && bytes[1] == 0) || !isUtf8(bytes)) {
			throw new MessageRefused("It is no JSON, as it is no text in UTF-8." + EXAMPLE);
		}
		try (JsonParser json = JSON.createParser(bytes)) {
			if (json.nextToken() != JsonToken.START_OBJECT) {
				throw new MessageRefused("It is JSON, but no object." + EXAMPLE);
			}
			Order order = order(json, strict);
			if (json.nextToken() != null) {
				throw new MessageRefused("There is more behind the JSON object. Send one order at a time.");
			}
			return order;
		}
		catch (OrderRefused ex) {
			throw new MessageRefused(ex.sentence());
		}
		catch (JsonProcessingException ex) {
			throw new MessageRefused("It is no JSON: " + ex.getOriginalMessage() + "." + EXAMPLE);
		}
		catch (IOException | ArithmeticException | NumberFormatException ex) {
			throw new MessageRefused("It is no JSON that can be read: " + ex.getMessage() + "." + EXAMPLE);
		}
	}

	private static boolean isUtf8(byte[] bytes) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

	private static Order order(JsonParser json, boolean strict) throws IOException, MessageRefused, OrderRefused {
		String customer = null;
		BigDecimal amount = null;
		while (json.nextToken() != JsonToken.END_OBJECT) {
			String name = json.currentName();
			JsonToken token = json.nextToken();
			if (name.equals("customer")) {
				if (token != JsonToken.VALUE_STRING) {
					throw new MessageRefused(
							"The customer is %s, and must be a text in quotation marks.".formatted(shown(json, token)));
				}
				customer = json.getText();
			}
			else if (name.equals("amount")) {
				if (!token.isNumeric()) {
					throw new MessageRefused(
							"The amount is %s, and must be a JSON number more than 0 with at most 2 decimal places."
								.formatted(shown(json, token)));
				}
				amount = json.getDecimalValue();
			}
			else if (strict) {
				throw new MessageRefused(
						"There is no field %s. Possible: customer, amount.".formatted(shortened(name)));
			}
			else {
				json.skipChildren();
			}
		}
		if (customer == null) {
			throw new MessageRefused("There is no customer." + EXAMPLE);
		}
		if (amount == null) {
			throw new MessageRefused("There is no amount." + EXAMPLE);
		}
		return Order.placed(customer, amount);
	}

	private static String shown(JsonParser json, JsonToken token) throws IOException {
		return switch (token) {
			case START_OBJECT -> "an object";
			case START_ARRAY -> "a list";
			case VALUE_STRING -> "the text \"" + shortened(json.getText()) + "\"";
			default -> shortened(json.getText());
		};
	}

	private static String shortened(String text) {
		return (text.length() > 60) ? text.substring(0, 60) + "…" : text;
	}

	/** Writes a message. */
	public static byte[] write(Order order) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(80);
		try (JsonGenerator json = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
			json.writeStartObject();
			json.writeStringField("customer", order.customer());
			json.writeFieldName("amount");
			json.writeNumber(plain(order.amount()));
			json.writeEndObject();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	/** As people write it: {@code 80}, {@code 12.5}, never {@code 8E+1}. */
	public static String plain(BigDecimal amount) {
		return amount.stripTrailingZeros().toPlainString();
	}

}
