/**
 * What every HTTP interface of the application shares: strict parameters, and failures
 * told as problem details (RFC 9457).
 */
@ApplicationModule(displayName = "Web", allowedDependencies = {})
@NullMarked
package io.isobar.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
