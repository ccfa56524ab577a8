/** What programs ask: the HTTP interface of the serving layer. */
@NullMarked
package io.isobar.serving.api;

import org.jspecify.annotations.NullMarked;
