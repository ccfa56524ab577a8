package io.isobar.serving.dashboard;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

import io.isobar.messages.WeatherMessage;
import io.isobar.speed.LatestReading;
import io.isobar.speed.SpeedViews;
import io.isobar.weather.Metric;
import io.isobar.web.StoreUnavailable;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * The newest reading of every city; a browser with scripts sees the next ones come in.
 */
@Controller
class LivePage {

	private final ObjectProvider<SpeedViews> views;

	private final Clock clock;

	LivePage(ObjectProvider<SpeedViews> views, Clock clock) {
		this.views = views;
		this.clock = clock;
	}

	/** What is measured, one a column. */
	static final List<Metric> COLUMNS = List.of(Metric.TEMPERATURE, Metric.PRECIPITATION, Metric.WIND_SPEED,
			Metric.WIND_GUST, Metric.HUMIDITY, Metric.PRESSURE);

	/**
	 * What providers say of the sky, for a script that shows it in the page's language;
	 * {@link Formats#words} knows them.
	 */
	static final List<String> SKY = List.of("Clear", "Mainly clear", "Partly cloudy", "Partially cloudy", "Overcast",
			"Fog", "Freezing fog", "Mist", "Smoke Or Haze", "Dust storm", "Drizzle", "Light Drizzle", "Heavy Drizzle",
			"Light Drizzle/Rain", "Heavy Drizzle/Rain", "Freezing drizzle", "Freezing Drizzle/Freezing Rain",
			"Light Freezing Drizzle/Freezing Rain", "Heavy Freezing Drizzle/Freezing Rain", "Freezing rain",
			"Light Freezing Rain", "Heavy Freezing Rain", "Rain", "Light rain", "Heavy rain", "Rain showers",
			"Heavy rain showers", "Light Rain And Snow", "Heavy Rain And Snow", "Snow", "Light snow", "Heavy snow",
			"Snow grains", "Snow showers", "Snow And Rain Showers", "Blowing Or Drifting Snow", "Ice", "Diamond Dust",
			"Hail", "Hail Showers", "Thunderstorm", "Thunderstorm with hail", "Thunderstorm Without Precipitation",
			"Lightning Without Thunder", "Squalls", "Funnel Cloud/Tornado", "Precipitation In Vicinity",
			"Sky Coverage Decreasing", "Sky Coverage Increasing", "Sky Unchanged");

	/** A city with its newest reading. */
	record Row(LatestReading latest) {

		public String city() {
			return this.latest.city();
		}

		public WeatherMessage message() {
			return this.latest.message();
		}

		public Instant observedAt() {
			return this.latest.message().observedAt();
		}

		public boolean isSimulated() {
			return this.latest.message().reading().origin().isSimulated();
		}

		/** Null where it was not measured. */
		public @Nullable Double value(Metric metric) {
			return this.latest.values().has(metric) ? this.latest.values().orNaN(metric) : null;
		}

	}

	@GetMapping("/live")
	String live(Model model) {
		SpeedViews speed = this.views.getIfAvailable();
		List<Row> rows = List.of();
		String away = null;
		if (speed != null) {
			try {
				rows = speed.latest(null).stream().map(Row::new).toList();
			}
			catch (StoreUnavailable ex) {
				away = ex.store();
			}
		}
		model.addAttribute("enabled", speed != null);
		model.addAttribute("away", away);
		model.addAttribute("rows", rows);
		model.addAttribute("columns", COLUMNS);
		model.addAttribute("sky", SKY);
		model.addAttribute("now", this.clock.instant());
		// Cities of several zones stand beside each other
		model.addAttribute("zone", ZoneId.of("UTC"));
		return "live";
	}

}
