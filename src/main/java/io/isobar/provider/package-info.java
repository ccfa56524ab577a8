/**
 * How readings come in: from weather providers, from files, from the simulator.
 */
@ApplicationModule(displayName = "Providers", allowedDependencies = { "weather", "views" })
@NullMarked
package io.isobar.provider;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
