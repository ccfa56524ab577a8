/**
 * Readings that lie in files: tables described by a mapping or recognised by their
 * header, and providers' answers.
 */
@NamedInterface("file")
@NullMarked
package io.isobar.provider.file;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
