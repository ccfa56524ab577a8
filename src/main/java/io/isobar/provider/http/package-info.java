/**
 * Asks weather services over HTTP so that nothing waits for ever, nothing grows without
 * bound and no key gets out.
 */
@NullMarked
package io.isobar.provider.http;

import org.jspecify.annotations.NullMarked;
