/**
 * What all pages share: the frame around them, the language and the theme, how numbers
 * and dates are written, and the pages for errors. Modules with pages of their own use
 * it.
 */
@NamedInterface("dashboard")
@NullMarked
package io.isobar.serving.dashboard;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
