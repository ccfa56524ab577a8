/**
 * What runs on Spark: the analyses of the master dataset, as functions from Dataset to
 * Dataset with thin mains, and the stream into Cassandra. Packed as a jar of its own for
 * a cluster; in one process with the application otherwise.
 */
@ApplicationModule(displayName = "Spark jobs",
		allowedDependencies = { "weather", "orders", "views", "messages", "cassandra" })
@NullMarked
package io.isobar.spark;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
