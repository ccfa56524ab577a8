/**
 * The facts as messages on topics: how they are written and read, and what is refused.
 * The listeners and Spark share it.
 */
@ApplicationModule(displayName = "Messages", allowedDependencies = { "weather", "orders" })
@NullMarked
package io.isobar.messages;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
