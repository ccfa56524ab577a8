package io.isobar.provider.file;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How a file was read, so that it can be read anew from its bytes.
 *
 * @param name of the file, as mappings look at it
 * @param collected when its readings came in
 * @param mappingName null where there was no mapping
 * @param mapping the mapping file as it was
 */
public record KeptImport(String name, Instant collected, @Nullable String mappingName, @Nullable String mapping) {
}
