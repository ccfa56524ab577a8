/**
 * Where Spark's jobs run: within this process, in a session that is kept warm, or
 * submitted to a cluster. The layers ask it alike.
 */
@ApplicationModule(displayName = "Spark engine", allowedDependencies = { "views", "lake", "spark", "jobs" })
@NullMarked
package io.isobar.engine;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
