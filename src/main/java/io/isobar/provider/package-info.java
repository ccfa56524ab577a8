/**
 * How readings come in: from weather services, from their answers kept in files, and
 * where none can be reached from a simulator.
 */
@ApplicationModule(displayName = "Providers", allowedDependencies = { "weather", "orders", "views" })
@NullMarked
package io.isobar.provider;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
