/**
 * The application: its modules are the packages below, its layers are batch, speed and
 * serving.
 */
@NullMarked
package io.isobar;

import org.jspecify.annotations.NullMarked;
