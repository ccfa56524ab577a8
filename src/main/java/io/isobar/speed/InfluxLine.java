package io.isobar.speed;

import io.isobar.messages.WeatherMessage;
import io.isobar.weather.Metric;
import io.isobar.weather.Outlook;
import org.jspecify.annotations.Nullable;

/**
 * A message as a line of InfluxDB's protocol: every number as a field. The client's own
 * points take several times as long to become such a line as all else that the sink does.
 */
final class InfluxLine {

	private final StringBuilder line = new StringBuilder(512);

	private boolean hasFields;

	private InfluxLine() {
	}

	/**
	 * The line of a message; null if it has no number.
	 * @param standIn whether it is for QuestDB: see {@link InfluxStore#METRICS}
	 */
	static @Nullable String of(WeatherMessage message, boolean standIn) {
		InfluxLine line = new InfluxLine();
		line.line.append(InfluxStore.MEASUREMENT);
		line.tag("city", message.city());
		line.tag("country", message.country());
		line.tag("data_origin", message.reading().origin().name());
		line.tag("station_id", message.stationId());
		long metrics = 0;
		for (Metric metric : Metric.ALL) {
			if (message.reading().values().has(metric)) {
				line.field(metric.column(), message.reading().values().orNaN(metric));
				metrics |= 1L << metric.ordinal();
			}
		}
		line.field("latitude", message.latitude());
		line.field("longitude", message.longitude());
		line.flag("is_rain", message.rain());
		line.flag("is_storm", message.storm());
		Outlook outlook = message.outlook();
		line.field("next_hour_temp", outlook.nextHourTemperature());
		line.field("next_hour_precip", outlook.nextHourPrecipitation());
		line.field("tomorrow_temp_min", outlook.tomorrowTemperatureMin());
		line.field("tomorrow_temp_max", outlook.tomorrowTemperatureMax());
		line.field("tomorrow_precip", outlook.tomorrowPrecipitation());
		if (!line.hasFields) {
			return null;
		}
		if (standIn) {
			line.name(InfluxStore.METRICS).append(metrics).append('i');
		}
		return line.line.append(' ').append(message.observedAt().getEpochSecond()).toString();
	}

	/** Behind the tags come the fields, with a space between them. */
	private StringBuilder name(String field) {
		this.line.append((this.hasFields) ? ',' : ' ').append(field).append('=');
		this.hasFields = true;
		return this.line;
	}

	private void field(String name, double value) {
		if (Double.isFinite(value)) {
			name(name).append(value);
		}
	}

	private void field(String name, @Nullable Double value) {
		if (value != null) {
			field(name, value.doubleValue());
		}
	}

	private void flag(String name, @Nullable Boolean value) {
		if (value != null) {
			field(name, value ? 1.0 : 0.0);
		}
	}

	private void tag(String name, @Nullable String value) {
		if (value == null || value.isEmpty()) {
			return;
		}
		this.line.append(',').append(name).append('=');
		for (int i = 0; i < value.length(); i++) {
			char each = value.charAt(i);
			switch (each) {
				case ' ', ',', '=' -> this.line.append('\\').append(each);
				// The protocol can't tell a backslash at the end from an escape
				case '\\' -> this.line.append('/');
				// Where a line ends, so would the point
				case '\n', '\r', '\t' -> this.line.append("\\ ");
				default -> this.line.append(each);
			}
		}
	}

}
