/**
 * The lake: the master dataset on HDFS, where every reading and every answer stays as it
 * came, so that all else can be computed again.
 */
@ApplicationModule(displayName = "Lake", allowedDependencies = { "weather", "orders", "views" })
@NullMarked
package io.isobar.lake;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
