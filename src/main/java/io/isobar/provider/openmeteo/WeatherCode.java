package io.isobar.provider.openmeteo;

import org.jspecify.annotations.Nullable;

/** The weather as a code of the WMO. */
record WeatherCode(int code) {

	/** In words; null for a code that is not known. */
	@Nullable String words() {
		return switch (this.code) {
			case 0 -> "Clear";
			case 1 -> "Mainly clear";
			case 2 -> "Partly cloudy";
			case 3 -> "Overcast";
			case 45 -> "Fog";
			case 48 -> "Freezing fog";
			case 51, 53, 55 -> "Drizzle";
			case 56, 57 -> "Freezing drizzle";
			case 61 -> "Light rain";
			case 63 -> "Rain";
			case 65 -> "Heavy rain";
			case 66, 67 -> "Freezing rain";
			case 71 -> "Light snow";
			case 73 -> "Snow";
			case 75 -> "Heavy snow";
			case 77 -> "Snow grains";
			case 80, 81 -> "Rain showers";
			case 82 -> "Heavy rain showers";
			case 85, 86 -> "Snow showers";
			case 95 -> "Thunderstorm";
			case 96, 99 -> "Thunderstorm with hail";
			default -> null;
		};
	}

	/** A thunderstorm counts as rain only where something falls. */
	boolean isRain(@Nullable Double precipitation) {
		return (this.code >= 51 && this.code <= 67) || (this.code >= 80 && this.code <= 82)
				|| (this.code >= 95 && this.code <= 99 && precipitation != null && precipitation > 0);
	}

	boolean isStorm() {
		return this.code == 95 || this.code == 96 || this.code == 99;
	}

}
