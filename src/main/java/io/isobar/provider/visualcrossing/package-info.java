/** The Timeline API of Visual Crossing and its answers. */
@NullMarked
package io.isobar.provider.visualcrossing;

import org.jspecify.annotations.NullMarked;
