/**
 * Measures the batch layer against DuckDB over the same files: {@code mvn -Pbench verify}
 * writes BENCHMARKS.md.
 */
@NullMarked
package io.isobar.bench;

import org.jspecify.annotations.NullMarked;
