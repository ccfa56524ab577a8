/**
 * The facts: readings of weather, where they were taken and what was measured. Knows
 * nothing but the JDK.
 */
@ApplicationModule(displayName = "Weather facts", allowedDependencies = {})
@NullMarked
package io.isobar.weather;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
