package io.isobar.weather;

import java.util.List;

/**
 * Where a reading was made. Four origins are known; another name (from a message) is kept
 * and ranks between the real ones and the simulator.
 *
 * @param name as in tables and messages: {@code open_meteo}
 */
public record Origin(String name) {

	public static final Origin VISUAL_CROSSING = new Origin("visual_crossing");

	public static final Origin OPEN_METEO = new Origin("open_meteo");

	public static final Origin FILE = new Origin("file");

	public static final Origin SIMULATED = new Origin("simulated");

	/**
	 * Real origins that are known, in the order of their {@linkplain #code() codes} 1, 2,
	 * 3.
	 */
	public static final List<Origin> REAL = List.of(VISUAL_CROSSING, OPEN_METEO, FILE);

	/** The {@linkplain #code() code} of the simulator. */
	public static final int SIMULATED_CODE = 4;

	/** The {@linkplain #code() code} of every origin that is not known. */
	public static final int OTHER_CODE = 0;

	private static final List<String> NAMES = List.of("other", "visual_crossing", "open_meteo", "file", "simulated");

	public Origin {
		if (name.isBlank()) {
			throw new IllegalArgumentException("An origin has a name, such as open_meteo or file.");
		}
	}

	/** The origin of that code; every origin that is not known is {@code other}. */
	public static Origin ofCode(int code) {
		return new Origin(NAMES.get(code));
	}

	/**
	 * A small number for views: 1 Visual Crossing, 2 Open-Meteo, 3 file, 4 simulated, 0
	 * any other.
	 */
	public int code() {
		return Math.max(OTHER_CODE, NAMES.indexOf(this.name));
	}

	public boolean isSimulated() {
		return this.name.equals(SIMULATED.name);
	}

	/** 2 for the real origins, 1 for others, 0 for the simulator. */
	public int rank() {
		return switch (code()) {
			case OTHER_CODE -> 1;
			case SIMULATED_CODE -> 0;
			default -> 2;
		};
	}

}
