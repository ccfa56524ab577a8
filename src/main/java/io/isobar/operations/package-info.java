/**
 * Operations: who may do what, whether the settings make sense, and who is told when a
 * job fails. It sees all modules, and none sees it.
 */
@ApplicationModule(displayName = "Operations")
@NullMarked
package io.isobar.operations;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
