package io.isobar.provider;

import io.isobar.weather.City;
import org.jspecify.annotations.Nullable;

/**
 * What a mapping says about an answer in a file.
 *
 * @param city whose answer it is; null: the answer says it
 * @param units the units it is in; null: those of this project
 */
public record FileHints(@Nullable City city, @Nullable UnitGroup units) {

	/** No mapping. */
	public static final FileHints NONE = new FileHints(null, null);

}
