package io.isobar.provider.http;

import io.isobar.provider.Use;

/**
 * What a call is expected to cost.
 *
 * @param use what it is paid from
 * @param most what it costs at most
 * @param ofAnError what it costs when the provider answers with an error
 */
public record Price(Use use, double most, double ofAnError) {
}
