package io.isobar.provider;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The units of an answer, by the names that Visual Crossing gives to groups of units. */
public enum UnitGroup {

	/** °C, mm, cm of snow, km/h, km. */
	METRIC,

	/** °F, inch, mph, miles. */
	US,

	/** °C, mm, cm of snow, mph, miles. */
	UK,

	/** Kelvin, mm, cm of snow, m/s, km. */
	BASE;

	/**
	 * The group of that name, as in {@code unitGroup: us}.
	 * @throws IllegalArgumentException with a sentence if there is none
	 */
	public static UnitGroup of(String name) {
		return Arrays.stream(values())
			.filter((group) -> group.name().equalsIgnoreCase(name.strip()))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("unitGroup %s is not known. Known are %s.".formatted(name,
					Arrays.stream(values())
						.map((group) -> group.name().toLowerCase(Locale.ROOT))
						.collect(Collectors.joining(", ")))));
	}

}
