/**
 * How readings are written to Cassandra: the client's side of
 * {@link io.isobar.messages.ReadingCells}, without a framework. The listeners and Spark
 * share it.
 */
@ApplicationModule(displayName = "Cassandra", allowedDependencies = { "weather", "messages" })
@NullMarked
package io.isobar.cassandra;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
