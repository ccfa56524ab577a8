/**
 * The serving layer: answers from batch before the boundary and from speed after it, as
 * pages and over HTTP.
 */
@ApplicationModule(displayName = "Serving layer",
		allowedDependencies = { "weather", "orders", "views", "provider", "lake", "batch", "speed", "messages", "jobs",
				"spark", "engine", "web" })
@NullMarked
package io.isobar.serving;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
