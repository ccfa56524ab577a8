package io.isobar.provider;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

import io.isobar.weather.Metric;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class UnitsTests {

	@ParameterizedTest
	@CsvSource({ "TEMPERATURE, celsius, 21.3, 21.3", "TEMPERATURE, fahrenheit, 32, 0",
			"TEMPERATURE, fahrenheit, 212, 100", "TEMPERATURE, fahrenheit, -40, -40", "TEMPERATURE, kelvin, 273.15, 0",
			"DEW_POINT, kelvin, 277.35, 4.2", "FEELS_LIKE, fahrenheit, 98.6, 37", "HUMIDITY, percent, 79.96, 79.96",
			"HUMIDITY, fraction, 0.57, 57", "PRECIPITATION_PROBABILITY, fraction, 0.1, 10",
			"PRESSURE, hectopascal, 1013.25, 1013.25", "PRESSURE, pascal, 98930, 989.3", "PRESSURE, bar, 1.09, 1090",
			"PRESSURE, millibar, 1013.2, 1013.2", "PRESSURE, inch-of-mercury, 29.92, 1013.2075888",
			"WIND_SPEED, kilometre-per-hour, 12.3, 12.3", "WIND_SPEED, metre-per-second, 10, 36",
			"WIND_SPEED, mile-per-hour, 10, 16.09344", "WIND_GUST, knot, 10, 18.52", "WIND_DIRECTION, degree, 230, 230",
			"PRECIPITATION, millimetre, 0.3, 0.3", "PRECIPITATION, centimetre, 0.57, 5.7",
			"PRECIPITATION, inch, 1, 25.4", "SNOW, centimetre, 4, 4", "SNOW, millimetre, 4, 0.4",
			"SNOW, metre, 0.07, 7", "SNOW_DEPTH, inch, 10, 25.4", "SNOW_DEPTH, foot, 10, 304.8",
			"CLOUD_COVER, octas, 8, 100", "CLOUD_COVER, oktas, 3, 37.5", "CLOUD_COVER, fraction, 0.29, 29",
			"CLOUD_COVER, percent, 62, 62", "VISIBILITY, kilometre, 9.5, 9.5", "VISIBILITY, metre, 15410, 15.41",
			"VISIBILITY, mile, 10, 16.09344", "VISIBILITY, foot, 10000, 3.048",
			"SOLAR_RADIATION, watt-per-square-metre, 196.3, 196.3",
			"SOLAR_RADIATION, hectowatt-per-square-metre, 3.55, 355", "UV_INDEX, index, 8, 8" })
	void aKnownValueIsConvertedWithoutNoise(Metric metric, String unit, double value, double expected) {
		assertThat(Units.conversion(metric, unit).applyAsDouble(value)).isEqualTo(expected);
	}

	@Test
	void aMissingValueStaysMissing() {
		assertThat(Units.conversion(Metric.TEMPERATURE, "fahrenheit").applyAsDouble(Double.NaN)).isNaN();
		assertThat(Units.conversion(Metric.HUMIDITY, "percent").applyAsDouble(Double.NaN)).isNaN();
	}

	@Test
	void aUnitOfAnotherMetricIsRefusedWithTheAllowedOnes() {
		assertThatIllegalArgumentException().isThrownBy(() -> Units.conversion(Metric.WIND_SPEED, "celsius"))
			.withMessage("windSpeed has no unit 'celsius'; allowed: kilometre-per-hour, metre-per-second, "
					+ "mile-per-hour, knot.");
	}

	@Test
	void everyMetricHasAUnitAndItsOwnComesFirst() {
		for (Metric metric : Metric.ALL) {
			String own = Units.names(metric).get(0);

			assertThat(Units.conversion(metric, own).applyAsDouble(0.1 + 0.2)).as(metric.field()).isEqualTo(0.1 + 0.2);
		}
	}

	@Property
	void convertingIsAffine(@ForAll @DoubleRange(min = -500, max = 500) double value) {
		conversions().forEach((conversion) -> {
			double zero = conversion.applyAsDouble(0);
			double one = conversion.applyAsDouble(1);

			assertThat(conversion.applyAsDouble(value)).isCloseTo(zero + value * (one - zero), within(1e-6));
		});
	}

	@Property
	void thereAndBackIsTheSameValue(@ForAll @DoubleRange(min = -90, max = 60) double celsius) {
		assertThat(Units.conversion(Metric.TEMPERATURE, "fahrenheit").applyAsDouble(celsius * 9 / 5 + 32))
			.isCloseTo(celsius, within(1e-9));
		assertThat(Units.conversion(Metric.TEMPERATURE, "kelvin").applyAsDouble(celsius + 273.15)).isCloseTo(celsius,
				within(1e-9));
	}

	private static Stream<DoubleUnaryOperator> conversions() {
		return Arrays.stream(Metric.values())
			.flatMap((metric) -> Units.names(metric).stream().map((unit) -> Units.conversion(metric, unit)));
	}

}
