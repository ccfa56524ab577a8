/**
 * The batch console: what jobs there are, what their executions did and do, and what may
 * be done with them, for programs and as pages.
 */
@ApplicationModule(displayName = "Batch console",
		allowedDependencies = { "batch", "jobs", "serving :: dashboard", "web" })
@NullMarked
package io.isobar.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
