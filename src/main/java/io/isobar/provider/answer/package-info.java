/** What answers in JSON have in common: rows whose values may be missing. */
@NullMarked
package io.isobar.provider.answer;

import org.jspecify.annotations.NullMarked;
