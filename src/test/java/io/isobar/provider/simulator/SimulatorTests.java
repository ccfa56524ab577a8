package io.isobar.provider.simulator;

import java.time.Instant;
import java.time.LocalDate;
import java.time.Month;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.stream.Stream;

import io.isobar.provider.TestCities;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.History;
import io.isobar.provider.History.Outcome;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SimulatorTests {

	private static final Instant NOW = Instant.parse("2026-03-15T10:20:30Z");

	private static final LocalDate FIRST = LocalDate.of(2024, 1, 1);

	private static final LocalDate LAST = LocalDate.of(2025, 12, 31);

	private final Simulator simulator = new Simulator();

	@Property(tries = 100)
	void theSamePlaceAndTimeHaveTheSameWeatherInWhateverOrderTheyAreAsked(@ForAll("places") City city,
			@ForAll @IntRange(min = 0, max = 700) int day) {
		LocalDate date = FIRST.plusDays(day);
		List<Reading> alone = this.simulator.history(city, date, date, NOW).readings();

		List<Reading> within = new Simulator().history(city, date.minusDays(3), date.plusDays(3), NOW).readings();

		assertThat(within).containsAll(alone);
	}

	@Test
	void whereClocksChangeByHalfAnHourTheHoursAfterwardsBeginWithTheLocalHour() {
		City city = new City("Lord Howe", "AU", -31.55, 159.08, ZoneId.of("Australia/Lord_Howe"), true);
		LocalDate changed = LocalDate.of(2025, 10, 5);

		List<Reading> within = this.simulator.history(city, changed, changed.plusDays(1), NOW).readings();

		assertThat(within)
			.containsAll(this.simulator.history(city, changed.plusDays(1), changed.plusDays(1), NOW).readings());
	}

	@Property(tries = 100)
	void everyHourHasEveryMetricAndNothingImpossible(@ForAll("places") City city,
			@ForAll @IntRange(min = 0, max = 700) int day) {
		LocalDate date = FIRST.plusDays(day);
		History history = this.simulator.history(city, date, date, NOW);

		assertThat(history.days()).containsEntry(date, Outcome.VALUES);
		assertThat(history.counts().flagged()).isZero();
		assertThat(history.readings()).isNotEmpty().allSatisfy((reading) -> {
			assertThat(reading.origin()).isEqualTo(Origin.SIMULATED);
			assertThat(reading.channel()).isEqualTo(Channel.HISTORY);
			assertThat(Metric.ALL).allMatch(reading.values()::has);
			assertThat(reading.values().orNaN(Metric.DEW_POINT))
				.isLessThanOrEqualTo(reading.values().orNaN(Metric.TEMPERATURE));
			assertThat(reading.values().orNaN(Metric.WIND_GUST))
				.isGreaterThanOrEqualTo(reading.values().orNaN(Metric.WIND_SPEED));
		});
	}

	@Property(tries = 100)
	void theWeatherChangesSteadily(@ForAll("places") City city, @ForAll @IntRange(min = 0, max = 700) int day) {
		LocalDate date = FIRST.plusDays(day);
		double[] temperatures = values(city, date, date, Metric.TEMPERATURE);
		double[] pressures = values(city, date, date, Metric.PRESSURE);

		for (int hour = 1; hour < temperatures.length; hour++) {
			assertThat(temperatures[hour]).isEqualTo(temperatures[hour - 1], within(6.0));
			assertThat(pressures[hour]).isEqualTo(pressures[hour - 1], within(4.0));
		}
	}

	@ParameterizedTest
	@MethodSource("monthlyMeans")
	void monthlyMeansArePlausible(City city, Month month, double celsius, double deviation) {
		double mean = readings(city).filter((reading) -> reading.observedAt().atZone(city.zone()).getMonth() == month)
			.mapToDouble((reading) -> reading.values().orNaN(Metric.TEMPERATURE))
			.average()
			.orElseThrow();

		assertThat(mean).isEqualTo(celsius, within(deviation));
	}

	static Stream<Arguments> monthlyMeans() {
		return Stream.of(Arguments.of(TestCities.PARIS, Month.JANUARY, 5, 2.5),
				Arguments.of(TestCities.PARIS, Month.JULY, 20, 2.5),
				Arguments.of(TestCities.OSLO, Month.JANUARY, -4, 3), Arguments.of(TestCities.OSLO, Month.JULY, 16, 3),
				Arguments.of(TestCities.SINGAPORE, Month.JANUARY, 27, 1.5),
				Arguments.of(TestCities.SINGAPORE, Month.JULY, 27, 1.5),
				Arguments.of(TestCities.SYDNEY, Month.JANUARY, 24, 2.5),
				Arguments.of(TestCities.SYDNEY, Month.JULY, 14, 2.5),
				Arguments.of(TestCities.QUITO, Month.APRIL, 13, 2.5));
	}

	@ParameterizedTest
	@MethodSource("cities")
	void itRainsAtARealisticShareOfHours(City city) {
		double[] rain = values(city, FIRST, LAST, Metric.PRECIPITATION);

		assertThat(share(rain, (value) -> value > 0)).isBetween(0.05, 0.10);
	}

	@ParameterizedTest
	@MethodSource("cities")
	void itIsColdestAtDawnAndWarmestInTheAfternoon(City city) {
		double[] sums = new double[24];
		readings(city)
			.forEach((reading) -> sums[solarHour(reading, city)] += reading.values().orNaN(Metric.TEMPERATURE));

		assertThat(indexOf(sums, Arrays.stream(sums).min().orElseThrow())).isBetween(4, 7);
		assertThat(indexOf(sums, Arrays.stream(sums).max().orElseThrow())).isBetween(13, 16);
	}

	@Test
	void lowPressureBringsCloudsAndRainAndTakesTheSunAway() {
		double[] pressure = values(TestCities.PARIS, FIRST, LAST, Metric.PRESSURE);
		double[] clouds = values(TestCities.PARIS, FIRST, LAST, Metric.CLOUD_COVER);
		double[] rain = values(TestCities.PARIS, FIRST, LAST, Metric.PRECIPITATION);
		double[] sun = values(TestCities.PARIS, FIRST, LAST, Metric.SOLAR_RADIATION);
		double[] wind = values(TestCities.PARIS, FIRST, LAST, Metric.WIND_SPEED);

		assertThat(correlation(pressure, clouds)).isLessThan(-0.3);
		assertThat(correlation(clouds, rain)).isGreaterThan(0.2);
		assertThat(correlation(clouds, sun)).isLessThan(-0.1);
		assertThat(correlation(pressure, wind)).isLessThan(-0.2);
	}

	@Test
	void warmAirIsDrierWithinADay() {
		double[] temperatures = values(TestCities.PARIS, LocalDate.of(2025, 7, 1), LocalDate.of(2025, 7, 31),
				Metric.TEMPERATURE);
		double[] humidities = values(TestCities.PARIS, LocalDate.of(2025, 7, 1), LocalDate.of(2025, 7, 31),
				Metric.HUMIDITY);

		assertThat(correlation(temperatures, humidities)).isLessThan(-0.3);
	}

	@Test
	void nearCitiesShareTheirWeatherAndFarOnesDoNot() {
		City versailles = TestCities.city("Versailles", "FR", 48.8, 2.13, "Europe/Paris");
		City lyon = TestCities.city("Lyon", "FR", 45.76, 4.84, "Europe/Paris");
		double[] paris = values(TestCities.PARIS, FIRST, LAST, Metric.PRESSURE);

		assertThat(correlation(paris, values(versailles, FIRST, LAST, Metric.PRESSURE))).isGreaterThan(0.99);
		assertThat(correlation(paris, values(lyon, FIRST, LAST, Metric.PRESSURE))).isBetween(0.5, 0.98);
		assertThat(correlation(paris, values(TestCities.SYDNEY, FIRST, LAST, Metric.PRESSURE))).isBetween(-0.3, 0.3);
	}

	@Test
	void weatherSystemsLastForDays() {
		double[] pressure = values(TestCities.PARIS, FIRST, LAST, Metric.PRESSURE);

		assertThat(correlation(pressure, later(pressure, 12))).isGreaterThan(0.6);
		assertThat(correlation(pressure, later(pressure, 24 * 7))).isLessThan(0.3);
	}

	@Test
	void snowLiesInOsloInWinterAndNeverInSingapore() {
		double[] winter = values(TestCities.OSLO, FIRST, LocalDate.of(2024, 3, 1), Metric.SNOW_DEPTH);

		assertThat(Arrays.stream(winter).max().orElseThrow()).isGreaterThan(1);
		assertThat(values(TestCities.OSLO, LocalDate.of(2024, 7, 1), LocalDate.of(2024, 8, 1), Metric.SNOW_DEPTH))
			.containsOnly(0);
		assertThat(values(TestCities.SINGAPORE, FIRST, LAST, Metric.SNOW)).containsOnly(0);
	}

	@Test
	void whatIsExpectedComesTrue() {
		CurrentConditions now = this.simulator.current(TestCities.PARIS, NOW);
		Instant later = NOW.plusSeconds(3 * 86400);
		List<Reading> today = this.simulator
			.history(TestCities.PARIS, LocalDate.of(2026, 3, 15), LocalDate.of(2026, 3, 15), later)
			.readings();
		double[] tomorrow = this.simulator
			.history(TestCities.PARIS, LocalDate.of(2026, 3, 16), LocalDate.of(2026, 3, 16), later)
			.readings()
			.stream()
			.mapToDouble((reading) -> reading.values().orNaN(Metric.TEMPERATURE))
			.toArray();

		assertThat(now.reading().observedAt()).isEqualTo(NOW);
		assertThat(now.reading().channel()).isEqualTo(Channel.STREAM);
		assertThat(now.reading().values().has(Metric.PRECIPITATION)).isFalse();
		assertThat(now.lastHour()).isNotNull();
		// 10:20 UTC is 11:20 in Paris: the last hour is that of 10:00
		assertThat(now.lastHour().values()).isEqualTo(today.get(10).values());
		assertThat(now.outlook().nextHourTemperature()).isEqualTo(today.get(12).values().orNaN(Metric.TEMPERATURE));
		assertThat(now.outlook().nextHourPrecipitation()).isEqualTo(today.get(12).values().orNaN(Metric.PRECIPITATION));
		assertThat(now.outlook().tomorrowTemperatureMin()).isEqualTo(Arrays.stream(tomorrow).min().orElseThrow());
		assertThat(now.outlook().tomorrowTemperatureMax()).isEqualTo(Arrays.stream(tomorrow).max().orElseThrow());
	}

	@Test
	void daysOfClockChangesHave23And25Hours() {
		assertThat(values(TestCities.PARIS, LocalDate.of(2025, 3, 30), LocalDate.of(2025, 3, 30), Metric.HUMIDITY))
			.hasSize(23);
		assertThat(values(TestCities.PARIS, LocalDate.of(2025, 10, 26), LocalDate.of(2025, 10, 26), Metric.HUMIDITY))
			.hasSize(25);
	}

	@Test
	void aCityWithoutAPlaceHasWeatherToo() {
		City city = new City("Atlantis", "XX", null, null, ZoneId.of("UTC"), true);

		assertThat(values(city, FIRST, FIRST, Metric.TEMPERATURE)).hasSize(24);
	}

	@Provide
	Arbitrary<City> places() {
		return Combinators
			.combine(Arbitraries.doubles().between(-90, 90), Arbitraries.doubles().between(-180, 180),
					Arbitraries.of("UTC", "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"))
			.as((latitude, longitude, zone) -> TestCities.city("Somewhere", "XX", latitude, longitude, zone));
	}

	static Stream<City> cities() {
		return Stream.of(TestCities.PARIS, TestCities.OSLO, TestCities.SINGAPORE, TestCities.SYDNEY, TestCities.QUITO);
	}

	private Stream<Reading> readings(City city) {
		return this.simulator.history(city, FIRST, LAST, NOW).readings().stream();
	}

	private double[] values(City city, LocalDate from, LocalDate to, Metric metric) {
		return this.simulator.history(city, from, to, NOW)
			.readings()
			.stream()
			.mapToDouble((reading) -> reading.values().orNaN(metric))
			.toArray();
	}

	private static int solarHour(Reading reading, City city) {
		double longitude = (city.longitude() != null) ? city.longitude() : 0;
		return (int) Math.floorMod(Math.round(reading.observedAt().getEpochSecond() / 3600.0 + longitude / 15), 24L);
	}

	private static double share(double[] values, DoublePredicate those) {
		return Arrays.stream(values).filter(those).count() / (double) values.length;
	}

	private static int indexOf(double[] values, double value) {
		for (int index = 0; index < values.length; index++) {
			if (values[index] == value) {
				return index;
			}
		}
		return -1;
	}

	private static double[] later(double[] values, int hours) {
		return Arrays.copyOfRange(values, hours, values.length);
	}

	private static double correlation(double[] one, double[] other) {
		int n = Math.min(one.length, other.length);
		double meanOne = Arrays.stream(one, 0, n).average().orElseThrow();
		double meanOther = Arrays.stream(other, 0, n).average().orElseThrow();
		double products = 0;
		double squaresOne = 0;
		double squaresOther = 0;
		for (int i = 0; i < n; i++) {
			products += (one[i] - meanOne) * (other[i] - meanOther);
			squaresOne += (one[i] - meanOne) * (one[i] - meanOne);
			squaresOther += (other[i] - meanOther) * (other[i] - meanOther);
		}
		return products / Math.sqrt(squaresOne * squaresOther);
	}

}
