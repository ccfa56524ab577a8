/**
 * The speed layer: takes readings as they are measured from Kafka into stores that answer
 * at once, so that nobody waits for the next run of the batch layer.
 */
@ApplicationModule(displayName = "Speed layer",
		allowedDependencies = { "weather", "orders", "views", "provider", "lake", "jobs", "messages", "cassandra",
				"spark", "engine", "web" })
@NullMarked
package io.isobar.speed;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
