/**
 * What the jobs of all layers share: how each is described, launched, watched, tried
 * again, stopped and recovered.
 */
@ApplicationModule(displayName = "Jobs", allowedDependencies = {})
@NullMarked
package io.isobar.jobs;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
