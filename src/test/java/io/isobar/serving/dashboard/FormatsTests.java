package io.isobar.serving.dashboard;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.Locale;

import org.junit.jupiter.api.Test;

import org.springframework.context.MessageSource;
import org.springframework.context.support.ResourceBundleMessageSource;

import io.isobar.weather.Metric;

import static org.assertj.core.api.Assertions.assertThat;

class FormatsTests {

	private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

	private final Formats english = formats(Locale.ENGLISH);

	private final Formats french = formats(Locale.FRENCH);

	@Test
	void numbersAreWrittenAsTheLanguageDoes() {
		assertThat(this.english.number(43_800.5, 1)).isEqualTo("43,800.5");
		assertThat(this.french.number(43_800.5, 1)).isEqualTo("43\u202f800,5");
		assertThat(this.french.number(-7.06, 1)).isEqualTo("\u22127,1");
		assertThat(this.english.count(10_000L)).isEqualTo("10,000");
		assertThat(this.english.exact(new BigDecimal("12.345"))).isEqualTo("12.35");
	}

	@Test
	void whatIsMissingIsADashAndNeverZero() {
		assertThat(this.english.value(null, Metric.TEMPERATURE)).isEqualTo("–");
		assertThat(this.english.number(Double.NaN, 1)).isEqualTo("–");
		assertThat(this.english.day(null)).isEqualTo("–");
		assertThat(this.english.difference(null, "°C")).isEqualTo("–");
	}

	@Test
	void aValueThatRoundsToZeroHasNoSign() {
		assertThat(this.english.number(-0.04, 1)).isEqualTo("0.0");
		assertThat(this.english.difference(0.04, "°C")).isEqualTo("0.0\u00a0°C");
	}

	@Test
	void eachUnitHasItsDecimalsAndItsSpace() {
		assertThat(this.english.value(12.44, Metric.TEMPERATURE)).isEqualTo("12.4\u00a0°C");
		assertThat(this.english.value(62.4, Metric.HUMIDITY)).isEqualTo("62%");
		assertThat(this.english.value(270.0, Metric.WIND_DIRECTION)).isEqualTo("270°");
		assertThat(this.english.value(3.0, Metric.UV_INDEX)).isEqualTo("3");
		assertThat(this.french.value(1013.2, Metric.PRESSURE)).isEqualTo("1\u202f013,2\u202fhPa");
		assertThat(this.french.value(62.5, Metric.HUMIDITY)).isEqualTo("63\u202f%");
		assertThat(this.french.value(18.2, Metric.WIND_SPEED)).isEqualTo("18\u202fkm/h");
		assertThat(this.french.difference(0.8, "°C")).isEqualTo("+0,8\u202f°C");
		assertThat(this.french.share(0.975)).isEqualTo("98\u202f%");
	}

	@Test
	void daysAndTimesAreWrittenAsTheLanguageDoes() {
		LocalDate day = LocalDate.of(2026, 11, 21);
		Instant instant = Instant.parse("2026-11-21T07:05:00Z");

		assertThat(this.english.day(day)).isEqualTo("21 Nov 2026");
		assertThat(this.french.day(day)).isEqualTo("21 nov. 2026");
		assertThat(this.french.longDay(LocalDate.of(2026, 2, 1))).isEqualTo("1er février 2026");
		assertThat(this.english.longDay(LocalDate.of(2026, 2, 1))).isEqualTo("1 February 2026");
		assertThat(this.french.month(YearMonth.of(2026, 8))).isEqualTo("août 2026");
		assertThat(this.english.time(instant, PARIS)).isEqualTo("08:05");
		assertThat(this.english.instant(instant, PARIS)).isEqualTo("21 Nov 2026, 08:05");
		assertThat(this.french.zone(PARIS)).isEqualTo("heure de Paris");
		assertThat(this.english.zone(ZoneId.of("America/New_York"))).isEqualTo("New York time");
		assertThat(this.english.zone(ZoneId.of("UTC"))).isEqualTo("UTC");
		assertThat(this.english.zone(ZoneId.of("Etc/UTC"))).isEqualTo("UTC");
	}

	@Test
	void howLongAgoIsToldInTheLargestUnitThatFits() {
		Instant now = Instant.parse("2026-11-21T08:00:00Z");

		assertThat(this.french.relative(now.minusSeconds(40), now)).isEqualTo("il y a 40 s");
		assertThat(this.english.relative(now.minusSeconds(40), now)).isEqualTo("40 s ago");
		assertThat(this.english.relative(now.minusSeconds(3_599), now)).isEqualTo("59 min ago");
		assertThat(this.english.relative(now.minusSeconds(172_799), now)).isEqualTo("47 h ago");
		assertThat(this.french.relative(now.minusSeconds(172_800), now)).isEqualTo("il y a 2 j");
		assertThat(this.french.relative(now.plusSeconds(300), now)).isEqualTo("dans 5 min");
		assertThat(this.french.relative(now, now)).isEqualTo("à l'instant");
	}

	@Test
	void aSpanOfTimeIsToldInItsTwoLargestUnits() {
		assertThat(this.french.duration(Duration.ofMillis(400))).isEqualTo("0,4\u00a0s");
		assertThat(this.english.duration(Duration.ofSeconds(12))).isEqualTo("12\u00a0s");
		assertThat(this.english.duration(Duration.ofSeconds(360))).isEqualTo("6\u00a0min");
		assertThat(this.english.duration(Duration.ofSeconds(3_900))).isEqualTo("1\u00a0h\u00a05\u00a0min");
		assertThat(this.french.duration(Duration.ofHours(51))).isEqualTo("2\u00a0j\u00a03\u00a0h");
	}

	@Test
	void wordsOfOtherProgramsAreSaidInThePagesLanguageWhereItHasThem() {
		assertThat(this.french.words("Rain, Partially cloudy")).isEqualTo("Pluie, Partiellement nuageux");
		assertThat(this.french.words("warm, little rain")).isEqualTo("chaud, peu de pluie");
		assertThat(this.french.words("Rain,Frogs")).isEqualTo("Pluie, Frogs");
		assertThat(this.english.words("Rain, Partially cloudy")).isEqualTo("Rain, Partially cloudy");
		assertThat(this.french.words(null)).isNull();
	}

	@Test
	void everySkyThatAProviderNamesIsKnownInFrench() {
		assertThat(LivePage.SKY).allSatisfy((sky) -> assertThat(this.french.words(sky)).isNotEqualTo(sky));
	}

	static MessageSource messages() {
		ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
		messages.setBasenames("messages", "sentences");
		messages.setDefaultEncoding("UTF-8");
		messages.setFallbackToSystemLocale(false);
		return messages;
	}

	static Formats formats(Locale locale) {
		return new Formats(locale, messages());
	}

}
