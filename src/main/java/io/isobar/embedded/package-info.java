/**
 * Real servers for a laptop: starts those that the application needs as JVMs of its own,
 * and tells Boot where they are. Active in profile {@code embedded} alone; nothing else
 * knows of it.
 */
@ApplicationModule(displayName = "Embedded servers", allowedDependencies = { "lake", "speed" })
@NullMarked
package io.isobar.embedded;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
