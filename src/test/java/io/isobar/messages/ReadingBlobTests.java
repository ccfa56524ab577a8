package io.isobar.messages;

import java.time.Instant;
import java.util.Arrays;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import io.isobar.weather.Values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReadingBlobTests {

	private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

	@Provide
	Arbitrary<WeatherMessage> messages() {
		return RandomMessages.arbitrary();
	}

	@Provide
	Arbitrary<double[]> values() {
		return Arbitraries
			.oneOf(Arbitraries.doubles(),
					Arbitraries.of(Double.NaN, 0.0, -0.0, 1.0, -1.0, Double.MIN_VALUE, -Double.MIN_VALUE,
							Double.MAX_VALUE, -Double.MAX_VALUE))
			.array(double[].class)
			.ofSize(Metric.COUNT);
	}

	@Property(tries = 500)
	void whatIsWrittenIsReadAsItWas(@ForAll("messages") WeatherMessage message) {
		assertThat(ReadingBlob.read(message.city(), ReadingBlob.write(message))).isEqualTo(message);
	}

	@Property(tries = 2000)
	void bytesCompareAsTheSlotRuleComparesValues(@ForAll("values") double[] first, @ForAll("values") double[] second,
			@ForAll("messages") WeatherMessage around) {
		int order = compare(first, second);

		int bytes = Arrays.compareUnsigned(ReadingBlob.write(with(first, around)),
				ReadingBlob.write(with(second, around)));

		assertThat(Integer.signum(bytes)).isEqualTo(Integer.signum(order));
	}

	@Example
	void aWordyMessageIsKeptInFewBytes() {
		String words = "🌦".repeat(100_000);
		WeatherMessage message = message(
				new ReadingDraft("Paris", NOON, Resolution.HOUR, Origin.FILE, Channel.STREAM, NOON).conditions(words)
					.build());

		byte[] blob = ReadingBlob.write(message);

		assertThat(blob).hasSizeLessThan(3000);
		assertThat(words).startsWith(ReadingBlob.read("Paris", blob).reading().conditions());
	}

	@Example
	void aFormThatIsNotKnownIsNamed() {
		byte[] blob = ReadingBlob
			.write(message(Reading.hour("Paris", NOON, Origin.FILE, Channel.STREAM, NOON, Values.NONE)));
		blob[0] = 2;

		assertThatThrownBy(() -> ReadingBlob.read("Paris", blob)).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("Paris is stored in form 2, and only 1 is known");
	}

	private static WeatherMessage with(double[] values, WeatherMessage around) {
		Reading reading = around.reading();
		return new WeatherMessage(
				Reading.hour(reading.city(), reading.observedAt(), reading.origin(), Channel.STREAM,
						reading.collected(), Values.of(values)),
				around.country(), around.stationId(), around.latitude(), around.longitude(), around.rain(),
				around.storm(), around.outlook());
	}

	private static WeatherMessage message(Reading reading) {
		return new WeatherMessage(reading, null, "station_Paris", null, null, null, null, Outlook.UNKNOWN);
	}

	/** As the slot rule: metric after metric, a missing value below every other. */
	private static int compare(double[] first, double[] second) {
		for (int metric = 0; metric < Metric.COUNT; metric++) {
			int order = Double.compare(Double.isNaN(first[metric]) ? Double.NEGATIVE_INFINITY : first[metric],
					Double.isNaN(second[metric]) ? Double.NEGATIVE_INFINITY : second[metric]);
			if (order != 0) {
				return order;
			}
		}
		return 0;
	}

}
