/**
 * The facts of the second domain: orders of customers, and what the layers ask of each
 * other about them. Knows nothing but the JDK.
 */
@ApplicationModule(displayName = "Orders", allowedDependencies = {})
@NullMarked
package io.isobar.orders;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
