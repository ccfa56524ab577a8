package io.isobar.speed;

import io.isobar.messages.OrderMessages;
import jakarta.validation.constraints.NotBlank;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What can be set about the stream of orders.
 *
 * @param topic the topic of orders
 */
@Validated
@ConfigurationProperties("isobar.orders")
record OrderStreamSettings(@DefaultValue(OrderMessages.TOPIC) @NotBlank String topic) {
}
