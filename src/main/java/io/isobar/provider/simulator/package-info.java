/** Plausible weather for places and times of which no provider tells. */
@NullMarked
package io.isobar.provider.simulator;

import org.jspecify.annotations.NullMarked;
