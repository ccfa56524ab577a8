/**
 * Measures the batch layer against DuckDB over the same files, and the speed layer
 * against the barest programs that do the same: {@code mvn -Pbench verify} writes
 * BENCHMARKS.md.
 */
@NullMarked
package io.isobar.bench;

import org.jspecify.annotations.NullMarked;
