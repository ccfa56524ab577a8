package io.isobar.serving.adhoc;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.isobar.provider.Cities;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class AdHocQuestionsTests {

	private static final ZoneId ZONE = ZoneId.of("Europe/Paris");

	private final AdHocQuestions questions = questions();

	private static AdHocQuestions questions() {
		Cities cities = mock(Cities.class);
		given(cities.all()).willReturn(List.of(new City("Paris", "FR", 48.85, 2.35, ZONE, true),
				new City("Paris, US", "US", 33.66, -95.55, ZoneId.of("America/Chicago"), false)));
		return new AdHocQuestions(cities);
	}

	private static Map<String, @Nullable Object> good() {
		return new HashMap<>(Map.of("cities", List.of("Paris"), "from", "2024-01-01", "to", "2024-12-31", "metrics",
				List.of("temperature", "windSpeed"), "granularity", "month"));
	}

	@Test
	void aQuestionIsRead() {
		Map<String, @Nullable Object> asked = good();
		asked.put("cities", List.of("Paris, US", "Paris", "Paris"));

		assertThat(this.questions.read(asked))
			.isEqualTo(new Question(List.of("Paris, US", "Paris"), LocalDate.of(2024, 1, 1), LocalDate.of(2024, 12, 31),
					List.of(Metric.TEMPERATURE, Metric.WIND_SPEED), Granularity.MONTH));
	}

	@ParameterizedTest
	@ValueSource(strings = { "cities", "from", "to", "metrics", "granularity" })
	void aPartThatIsMissingIsNamed(String part) {
		Map<String, @Nullable Object> asked = good();
		asked.remove(part);
		assertRefused(asked, part, "is missing");

		asked.put(part, null);
		assertRefused(asked, part, "is missing");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			from        | 2024-13-01                   | is no day
			from        | 2023-02-29                   | is no day
			from        | 24-01-01                     | is no day
			from        | -2024-01-01                  | is no day
			from        | +12024-01-01                 | is no day
			from        | 99999999999999999999         | is no day
			from        | 2024-01-01T00:00:00Z         | is no day
			to          | tomorrow                     | is no day
			to          | '; drop table ad_hoc_task;-- | is no day
			to          | <script>alert(1)</script>    | is no day
			to          | ../../etc/passwd             | is no day
			from        | 2025-01-01                   | is after to
			from        | 2014-12-31                   | is more than 10 years
			from        | 0001-01-01                   | is more than 10 years
			to          | 9999-12-31                   | is more than 10 years
			granularity | week                         | Possible: hour, day, month
			granularity | HOUR                         | Possible: hour, day, month
			granularity | 1                            | Possible: hour, day, month
			cities      | Paris                        | is no list
			metrics     | temperature                  | is no list
			""")
	void aPartThatIsWrongIsNamed(String part, String value, String sentence) {
		Map<String, @Nullable Object> asked = good();
		asked.put(part, value);

		QuestionRefused refused = refused(asked);
		// A range is too long, whichever of its ends is meant
		assertThat(refused.problem().parameter()).isIn(part, sentence.contains("years") ? "to" : part);
		assertThat(refused.getMessage()).contains(sentence);
		assertThat(refused.isUnknown()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "cities", "metrics" })
	void aListHasTextsAndAtLeastOne(String part) {
		Map<String, @Nullable Object> asked = good();
		asked.put(part, List.of());
		assertRefused(asked, part, "is empty");

		asked.put(part, List.of(7));
		assertRefused(asked, part, "7 is no text");

		asked.put(part, new ArrayList<>(Arrays.asList("Paris", null)));
		assertThat(refused(asked).problem().parameter()).isEqualTo(part);
	}

	@ParameterizedTest
	@ValueSource(strings = { "paris", "Atlantis", "", " Paris", "Paris' or '1'='1", "<b>Paris</b>", "../Paris" })
	void aCityThatIsNotKnownDoesNotExist(String city) {
		Map<String, @Nullable Object> asked = good();
		asked.put("cities", List.of("Paris", city));

		QuestionRefused refused = refused(asked);
		assertThat(refused.isUnknown()).isTrue();
		assertThat(refused.getMessage())
			.startsWith("cities: there is no city " + city + ". Known are Paris, Paris, US;");
	}

	@ParameterizedTest
	@ValueSource(strings = { "wind_speed", "Temperature", "", "temperature; drop table" })
	void aMetricThatIsNotKnownIsNamed(String metric) {
		Map<String, @Nullable Object> asked = good();
		asked.put("metrics", List.of(metric));

		assertRefused(asked, "metrics", "there is no metric " + metric + ". Possible: temperature, feelsLike,");
	}

	@Test
	void aFieldThatIsNotKnownIsNamed() {
		Map<String, @Nullable Object> asked = good();
		asked.put("colour", "red");

		assertRefused(asked, "colour", "there is no such field");
	}

	@Test
	void anAnswerThatNobodyCouldReadIsRefused() {
		Map<String, @Nullable Object> asked = good();
		asked.put("from", "2015-01-01");
		asked.put("granularity", "hour");
		asked.put("metrics", Metric.ALL.stream().map(Metric::field).toList());

		assertThat(this.questions.read(asked).mostRows()).isLessThanOrEqualTo(AdHocQuestions.MOST_ROWS);
		asked.put("cities", List.of("Paris", "Paris, US"));
		assertRefused(asked, "granularity", "by hour, that may be 2805504 rows, and a result has at most 2000000.");
	}

	private void assertRefused(Map<String, @Nullable Object> asked, String part, String sentence) {
		QuestionRefused refused = refused(asked);
		assertThat(refused.problem().parameter()).isEqualTo(part);
		assertThat(refused.getMessage()).startsWith(part + ": ").contains(sentence);
	}

	private QuestionRefused refused(Map<String, @Nullable Object> asked) {
		return catchThrowableOfType(QuestionRefused.class, () -> this.questions.read(asked));
	}

}
