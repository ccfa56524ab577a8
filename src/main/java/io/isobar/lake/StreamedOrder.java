package io.isobar.lake;

import java.time.Instant;

import io.isobar.orders.Order;

/**
 * An order that came as a message.
 *
 * @param part where the message lay
 * @param offset where it lay there
 * @param appended when Kafka has appended it
 */
public record StreamedOrder(Order order, StreamPart part, long offset, Instant appended) implements FromTopic {
}
