/**
 * The formulas, written once for both layers: what counts, what a view keeps of it, and
 * how two states merge. Plain Java over the facts; the batch layer, the speed layer and
 * serving run this same code.
 */
@ApplicationModule(displayName = "Views", allowedDependencies = { "weather", "orders" })
@NullMarked
package io.isobar.views;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
