/**
 * The batch layer: collects history into the master dataset, has Spark analyse all of it,
 * and publishes the result as a new generation, so that every number can be computed
 * again.
 */
@ApplicationModule(displayName = "Batch layer",
		allowedDependencies = { "weather", "orders", "views", "messages", "provider", "provider :: file", "lake",
				"spark", "engine", "jobs" })
@NullMarked
package io.isobar.batch;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
