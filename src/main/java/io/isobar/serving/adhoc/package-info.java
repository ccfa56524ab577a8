/**
 * Ad hoc analyses: questions that people ask of all history, which Spark answers one
 * after the other, and whose results are kept for a while.
 */
@NullMarked
package io.isobar.serving.adhoc;

import org.jspecify.annotations.NullMarked;
