package io.isobar.operations;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.util.TestPropertyValues.Type;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.validation.annotation.Validated;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsCheckTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	{
		this.environment.setActiveProfiles("embedded");
	}

	@Test
	void settingsAsTheyShouldBePass() {
		set("isobar.test.every=PT5S", "isobar.test.most=3", "isobar.test.kind=gentle",
				"isobar.test.places[0].name=Lyon", "isobar.test.tolerance.wind-speed=5", "isobar.test.words=one,two",
				"isobar.test.words[1]=two", "isobar.dataDir=elsewhere", "spring.anything=goes");

		assertThat(sentences()).isEmpty();
	}

	@Test
	void anUnknownSettingIsNamedWithTheOneThatWasMeant() {
		set("isobar.test.evry=PT5S");

		assertThat(sentences()).containsExactly("isobar.test.evry is unknown; did you mean isobar.test.every?");
	}

	@Test
	void anUnknownSettingOfAnElementIsNamedWithTheOneThatWasMeant() {
		set("isobar.test.places[7].nmae=Lyon");

		assertThat(sentences()).anyMatch((sentence) -> sentence
			.equals("isobar.test.places[7].nmae is unknown; did you mean isobar.test.places[n].name?"));
	}

	@Test
	void whereNothingIsNearTheSettingsBesideAreListed() {
		set("isobar.test.idle.zanzibar=1");

		assertThat(sentences())
			.containsExactly("isobar.test.idle.zanzibar is unknown; there is isobar.test.idle.most.");
	}

	@ParameterizedTest
	@CsvSource({ "ISOBAR_TEST_EVRY,ISOBAR_TEST_EVERY", "ISOBAR_VIEWER_PASWORD,ISOBAR_VIEWER_PASSWORD" })
	void anUnknownVariableIsNamedWithTheOneThatWasMeant(String wrong, String right) {
		TestPropertyValues.of(wrong + "=PT5S").applyTo(this.environment, Type.SYSTEM_ENVIRONMENT);

		assertThat(sentences())
			.containsExactly("The environment variable " + wrong + " is unknown; did you mean " + right + "?");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ISOBAR_TEST_EVERY=PT5S", "ISOBAR_DATA_DIR=data", "ISOBAR_TEST_PLACES_0_NAME=Lyon",
			"ISOBAR_TEST_TOLERANCE_WINDSPEED=5", "ISOBAR_PORT_8080_TCP_ADDR=10.0.0.1", "ISOBAR_SERVICE_HOST=10.0.0.1" })
	void variablesOfSettingsAndOfKubernetesPass(String variable) {
		TestPropertyValues.of(variable).applyTo(this.environment, Type.SYSTEM_ENVIRONMENT);

		assertThat(sentences()).isEmpty();
	}

	@Test
	void allWrongValuesAreNamedAtOnce() {
		set("isobar.test.every=often", "isobar.test.most=0", "isobar.test.kind=rude", "isobar.test.places[0].name=",
				"isobar.test.places[0].most=many");

		assertThat(sentences()).containsExactlyInAnyOrder(
				"isobar.test.every is \"often\", but must be a duration such as PT10S.",
				"isobar.test.most is \"0\", but must be greater than or equal to 1.",
				"isobar.test.kind is \"rude\", but must be one of gentle, quite-firm.",
				"isobar.test.places[0].most is \"many\", but must be a whole number.");
	}

	@Test
	void whatASettingsRecordRefusesIsSaidInItsWords() {
		set("isobar.test.places[0].name=");

		assertThat(sentences()).containsExactly("isobar.test.places[0] is refused: a place needs a name.");
	}

	@Test
	void aSecretIsNotShown() {
		set("isobar.viewer.password=" + "x".repeat(73));

		assertThat(sentences())
			.containsExactly("isobar.viewer is refused: its password is longer than 72 bytes; choose a shorter one.");
	}

	@Test
	void settingsOfWhatIsNotActiveAreKnownButNotRead() {
		set("isobar.test.idle.most=many");

		assertThat(sentences()).isEmpty();
	}

	@Test
	void passwordsMustBeSetWhereNobodyGeneratesThem() {
		this.environment.setActiveProfiles("cluster");
		set("isobar.operator.password=secret", "isobar.admin.password= ");

		assertThat(sentences()).containsExactly("ISOBAR_VIEWER_PASSWORD, ISOBAR_ADMIN_PASSWORD are not set, "
				+ "and only profile embedded generates passwords; set them.");
	}

	private void set(String... settings) {
		TestPropertyValues.of(settings).applyTo(this.environment);
	}

	private List<String> sentences() {
		ConfigurationPropertySources.attach(this.environment);
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.registerBeanDefinition("test", new RootBeanDefinition(TestSettings.class));
		beans.registerBeanDefinition("people", new RootBeanDefinition(PeopleSettings.class));
		try {
			new SettingsCheck(this.environment).postProcessBeanDefinitionRegistry(beans);
			return List.of();
		}
		catch (SettingsProblem problem) {
			return problem.sentences();
		}
	}

	@Validated
	@ConfigurationProperties("isobar.test")
	record TestSettings(@DefaultValue("PT1S") Duration every, @Min(1) @DefaultValue("1") int most, @Nullable Kind kind,
			@DefaultValue List<Place> places, @DefaultValue Map<String, Double> tolerance,
			@DefaultValue List<String> words) {

		enum Kind {

			GENTLE, QUITE_FIRM

		}

	}

	record Place(String name, @DefaultValue("1") int most) {

		Place {
			if (name == null || name.isEmpty()) {
				throw new IllegalArgumentException("a place needs a name");
			}
		}

	}

	@ConfigurationProperties("isobar.test.idle")
	record IdleSettings(int most) {

	}

}
