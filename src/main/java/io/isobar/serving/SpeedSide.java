package io.isobar.serving;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

import io.isobar.batch.SpeedLayer;
import io.isobar.speed.ConditionalOnSpeed;
import io.isobar.speed.SpeedViews;
import io.isobar.weather.Reading;

import org.springframework.stereotype.Component;

/** Answers the batch layer what it asks of the speed layer. */
@Component
@ConditionalOnSpeed
class SpeedSide implements SpeedLayer {

	private final SpeedViews views;

	SpeedSide(SpeedViews views) {
		this.views = views;
	}

	@Override
	public LocalDate oldestDay(ZoneId zone) {
		return this.views.oldestDay(zone);
	}

	@Override
	public List<Reading> readings(String city, LocalDate from, LocalDate to) {
		return this.views.readings(city, from, to);
	}

}
