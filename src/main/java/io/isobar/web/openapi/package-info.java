/**
 * The HTTP interface as an OpenAPI document: its shapes are derived from the controllers,
 * its texts are in {@code openapi.yaml}.
 */
@NullMarked
package io.isobar.web.openapi;

import org.jspecify.annotations.NullMarked;
