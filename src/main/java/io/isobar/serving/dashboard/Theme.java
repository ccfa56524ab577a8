package io.isobar.serving.dashboard;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** Light or dark, or as the system is. */
public enum Theme {

	SYSTEM, LIGHT, DARK;

	/** As in the address and in the cookie. */
	public String value() {
		return name().toLowerCase(Locale.ROOT);
	}

	static Optional<Theme> of(@Nullable String value) {
		return Arrays.stream(values()).filter((theme) -> theme.value().equals(value)).findFirst();
	}

	/** When the dark colours are used, as a media query. */
	public String darkWhen() {
		return switch (this) {
			case SYSTEM -> "(prefers-color-scheme: dark)";
			case LIGHT -> "not all";
			case DARK -> "all";
		};
	}

}
