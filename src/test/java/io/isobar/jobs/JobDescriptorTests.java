package io.isobar.jobs;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.support.StaticMessageSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JobDescriptorTests {

	private static final List<String> CITIES = List.of("Paris", "Lyon", "Paris, US");

	private final JobDescriptor job = JobDescriptor.of("weather", "Collects and publishes.")
		.publishing()
		.scheduled("0 0 2 * * *", ZoneId.of("Europe/Paris"))
		.with(Parameter.date("from"), Parameter.date("to"), Parameter.cities("cities", () -> CITIES),
				Parameter.bool("collect").defaultsTo("true"),
				Parameter.choice("recompute", "incremental", "full").notIdentifying(), Parameter.number("limit"),
				Parameter.path("path")
					.checked((path) -> path.startsWith("/in/") ? null
							: Sentence.of("test.path", "{0} is not in /in/.", path)))
		.range("from", "to");

	@Test
	void valuesAreReadByTheirTypes() {
		Map<String, Object> values = this.job.read(Map.of("from", "2024-01-01", "to", "2024-01-31", "cities",
				"Paris,Lyon", "collect", "false", "recompute", "full", "limit", "12", "path", "/in/a.csv"));

		assertThat(values).containsExactly(Map.entry("from", LocalDate.of(2024, 1, 1)),
				Map.entry("to", LocalDate.of(2024, 1, 31)), Map.entry("cities", "Paris,Lyon"),
				Map.entry("collect", false), Map.entry("recompute", "full"), Map.entry("limit", 12L),
				Map.entry("path", "/in/a.csv"));
	}

	@Test
	void whatIsMissingGetsItsDefaultOrNothing() {
		assertThat(this.job.read(Map.of())).containsExactly(Map.entry("collect", true));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					from    | 2024-13-01 | from: 2024-13-01 is no day. Write it as 2024-01-31.
					from    | 2024-02-30 | from: 2024-02-30 is no day. Write it as 2024-01-31.
					from    | yesterday  | from: yesterday is no day. Write it as 2024-01-31.
					from    | +12024-01-01 | from: +12024-01-01 is no day. Write it as 2024-01-31.
					collect | yes        | collect: yes is neither true nor false.
					collect | TRUE       | collect: TRUE is neither true nor false.
					recompute | some     | recompute: some is not possible. Possible: incremental, full.
					limit   | 1.5        | limit: 1.5 is no whole number, or too large.
					limit   | 99999999999999999999 | limit: 99999999999999999999 is no whole number, or too large.
					cities  | Paris,Rome | cities: there is no city Rome. Known: Paris; Lyon; Paris, US.
					cities  | ''         | cities: is empty. Give it a value, or leave it out.
					path    | /etc/x     | path: /etc/x is not in /in/.
					colour  | red        | colour: weather has no such parameter. Possible: from, to, cities, collect, recompute, limit, path.
					""")
	void aWrongValueIsNamedAndToldHowToMend(String name, String value, String sentence) {
		Map<String, String> given = name.equals("from") ? Map.of(name, value, "to", "2024-01-31") : Map.of(name, value);

		assertThatThrownBy(() -> this.job.read(given)).isInstanceOf(JobRefusal.WrongParameters.class)
			.hasMessage(sentence);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			2024-01-01 |            | to: is missing, but from is there. Give both, or neither.
			           | 2024-01-01 | from: is missing, but to is there. Give both, or neither.
			2024-02-01 | 2024-01-31 | to: 2024-01-31 is before from, 2024-02-01. Exchange them.
			""")
	void aRangeHasTwoEndsInOrder(String from, String to, String sentence) {
		Map<String, String> given = (from == null) ? Map.of("to", to)
				: (to == null) ? Map.of("from", from) : Map.of("from", from, "to", to);

		assertThatThrownBy(() -> this.job.read(given)).hasMessage(sentence);
	}

	@Test
	void aRangeOfOneDayIsARange() {
		assertThat(this.job.read(Map.of("from", "2024-01-01", "to", "2024-01-01"))).containsKeys("from", "to");
	}

	@Test
	void allProblemsAreToldAtOnce() {
		assertThatThrownBy(() -> this.job.read(Map.of("collect", "yes", "limit", "x"))).isInstanceOfSatisfying(
				JobRefusal.WrongParameters.class,
				(refusal) -> assertThat(refusal.problems()).extracting(ParameterProblem::parameter)
					.containsExactly("collect", "limit"));
	}

	@Test
	void aRequiredParameterIsMissedWithAnExample() {
		JobDescriptor importing = JobDescriptor.of("import", "Imports.")
			.with(Parameter.path("path").asRequired().example("/in/2024.csv"));

		assertThatThrownBy(() -> importing.read(Map.of()))
			.hasMessage("path: is missing, but import needs it. For example: /in/2024.csv.");
	}

	@Test
	void aJobWithoutParametersTakesNone() {
		assertThatThrownBy(() -> JobDescriptor.of("plain", "Does it.").read(Map.of("x", "1")))
			.hasMessage("x: plain takes no parameters. Leave it out.");
	}

	@Test
	void namesThatLaunchingUsesCantBeDeclared() {
		assertThatIllegalArgumentException().isThrownBy(() -> JobDescriptor.of("x", "").with(Parameter.number("run")));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> JobDescriptor.of("x", "").with(Parameter.text("a"), Parameter.text("a")));
	}

	@Test
	void theNextRunIsInItsZone() {
		Schedule schedule = this.job.schedule();

		assertThat(schedule).isNotNull();
		assertThat(schedule.next(Instant.parse("2024-07-01T12:00:00Z"))).isEqualTo("2024-07-02T00:00:00Z");
		assertThat(new Schedule("-", ZoneId.of("UTC")).next(Instant.now())).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> new Schedule("at two", ZoneId.of("UTC")))
			.withMessageContaining("six fields");
	}

	@Test
	void aCityMayHaveACommaInItsName() {
		assertThat(CityNames.split("Paris, US,Lyon", CITIES)).containsExactly("Paris, US", "Lyon");
		assertThat(CityNames.split("Lyon , Paris,US", CITIES)).containsExactly("Lyon", "Paris, US");
		assertThat(CityNames.split("Paris,Paris,Lyon", CITIES)).containsExactly("Paris", "Lyon");
		assertThat(CityNames.split("Paris,Oslo", CITIES)).containsExactly("Paris", "Oslo");
		assertThat(this.job.read(Map.of("cities", "Paris,US"))).containsEntry("cities", "Paris, US");
	}

	@Test
	void aSentenceIsEnglishOrAMessage() {
		Sentence sentence = Sentence.of("jobs.x", "It's execution {0}.", 1284L);

		assertThat(sentence.text()).isEqualTo("It's execution 1284.");
		assertThat(sentence.getCodes()).containsExactly("jobs.x");
		assertThat(Sentence.of("jobs.y", "It's over.").text()).isEqualTo("It's over.");
		StaticMessageSource messages = new StaticMessageSource();
		messages.addMessage("jobs.x", Locale.FRENCH, "C''est l''exécution {0}.");
		assertThat(messages.getMessage(sentence, Locale.FRENCH)).isEqualTo("C'est l'exécution 1284.");
		assertThat(messages.getMessage(sentence, Locale.ENGLISH)).isEqualTo("It's execution 1284.");
	}

}
