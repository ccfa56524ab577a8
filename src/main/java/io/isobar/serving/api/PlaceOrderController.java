package io.isobar.serving.api;

import java.security.Principal;

import io.isobar.messages.MessageRefused;
import io.isobar.messages.OrderMessages;
import io.isobar.orders.Order;
import io.isobar.speed.ConditionalOnSpeed;
import io.isobar.speed.OrderOutbox;
import io.isobar.web.Problems;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Takes orders. */
@RestController
@ConditionalOnSpeed
class PlaceOrderController {

	private static final int LONGEST_KEY = 200;

	private final OrderOutbox outbox;

	PlaceOrderController(OrderOutbox outbox) {
		this.outbox = outbox;
	}

	/**
	 * An order that was taken: it is kept, and counted as soon as it has come through.
	 */
	@PostMapping(path = "/api/orders", consumes = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.ACCEPTED)
	void place(@RequestBody(required = false) byte @Nullable [] body,
			@RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key, @Nullable Principal by) {
		Order order;
		try {
			order = OrderMessages.readStrictly((body != null) ? body : new byte[0]);
		}
		catch (MessageRefused ex) {
			throw Problems.failure(HttpStatus.BAD_REQUEST, String.valueOf(ex.getMessage()));
		}
		if (key != null && (key.isBlank() || key.length() > LONGEST_KEY || !key.matches("\\p{Print}+"))) {
			throw Problems.failure(HttpStatus.BAD_REQUEST,
					"Idempotency-Key: it has 1 to 200 printable characters, such as a UUID.");
		}
		if (this.outbox.accept(order, key,
				(by != null) ? by.getName() : "anonymous") == OrderOutbox.Accepted.KEY_USED_OTHERWISE) {
			throw Problems.failure(HttpStatus.UNPROCESSABLE_CONTENT,
					"Another order was placed under the Idempotency-Key %s, and it counts. For this one, send a new key."
						.formatted(Problems.echo(String.valueOf(key))));
		}
	}

}
