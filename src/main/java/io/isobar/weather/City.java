package io.isobar.weather;

import java.text.Normalizer;
import java.time.ZoneId;

import org.jspecify.annotations.Nullable;

/**
 * A place whose weather is known.
 *
 * @param name the identity: NFC, case-sensitive
 * @param country ISO 3166 code of two letters, or what the source called it
 * @param latitude degrees north, null where unknown (then it is not on the map)
 * @param longitude degrees east, null where unknown
 * @param zone decides which local day a reading belongs to
 * @param listed whether the configuration names it, so that it is collected
 */
public record City(String name, String country, @Nullable Double latitude, @Nullable Double longitude, ZoneId zone,
		boolean listed) {

	public City {
		name = Normalizer.normalize(name.strip(), Normalizer.Form.NFC);
		country = country.strip();
		if (name.isEmpty()) {
			throw new IllegalArgumentException("A city has a name.");
		}
		if (latitude != null && !(Math.abs(latitude) <= 90)) {
			throw new IllegalArgumentException("%s: latitude %s is outside -90…90.".formatted(name, latitude));
		}
		if (longitude != null && !(Math.abs(longitude) <= 180)) {
			throw new IllegalArgumentException("%s: longitude %s is outside -180…180.".formatted(name, longitude));
		}
	}

	/** {@code station_Paris_FR}: the name that the speed layer's stores know. */
	public String stationId() {
		return "station_" + (this.name + "," + this.country).replace(',', '_').replace(' ', '_');
	}

	/** Whether it has a place on the map. */
	public boolean isLocated() {
		return this.latitude != null && this.longitude != null;
	}

	/**
	 * Distance to a point in km, on a sphere; infinite where this city's place is
	 * unknown.
	 */
	public double distanceTo(double otherLatitude, double otherLongitude) {
		if (this.latitude == null || this.longitude == null) {
			return Double.POSITIVE_INFINITY;
		}
		double phi = Math.toRadians(this.latitude);
		double otherPhi = Math.toRadians(otherLatitude);
		double halfLatitude = Math.sin((otherPhi - phi) / 2);
		double halfLongitude = Math.sin(Math.toRadians(otherLongitude - this.longitude) / 2);
		double chord = halfLatitude * halfLatitude + Math.cos(phi) * Math.cos(otherPhi) * halfLongitude * halfLongitude;
		return 2 * 6371.0088 * Math.asin(Math.min(1, Math.sqrt(chord)));
	}

}
