/** The archive and the forecast of Open-Meteo and their answers. */
@NullMarked
package io.isobar.provider.openmeteo;

import org.jspecify.annotations.NullMarked;
