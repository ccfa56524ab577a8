package io.isobar.operations;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

import com.icegreen.greenmail.configuration.GreenMailConfiguration;
import com.icegreen.greenmail.junit5.GreenMailExtension;
import com.icegreen.greenmail.util.ServerSetup;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mail.MailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mock.env.MockEnvironment;

import io.isobar.jobs.Concern;
import io.isobar.jobs.JobFailed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class AlertsTests {

	@RegisterExtension
	static final GreenMailExtension mailServer = new GreenMailExtension(
			new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP))
		.withConfiguration(GreenMailConfiguration.aConfig().withDisabledAuthentication())
		.withPerMethodLifecycle(false);

	private static final JobFailed FAILED = new JobFailed("weather_batch_processing", 1284, "validate",
			List.of("Lyon has 9 readings on 2026-11-20, 24 are expected.", "Open-Meteo did not answer."),
			"Restart execution 1284 when Open-Meteo answers again.", Instant.parse("2026-11-21T02:07:30Z"));

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	@BeforeEach
	void noMails() throws Exception {
		mailServer.purgeEmailFromAllMailboxes();
	}

	@Test
	void aFailedJobIsToldWithItsCauseWhatToDoAndALink() throws Exception {
		Alerts alerts = alerts(mailServer.getSmtp().getPort(), List.of());

		alerts.tell(FAILED);

		assertThat(mailServer.waitForIncomingEmail(20_000, 1)).isTrue();
		MimeMessage mail = mailServer.getReceivedMessages()[0];
		assertThat(mail.getSubject()).isEqualTo("isobar: weather_batch_processing failed at validate (execution 1284)");
		assertThat(mail.getFrom()[0]).hasToString("isobar@example.org");
		assertThat(mail.getAllRecipients()).extracting(Object::toString)
			.containsExactly("one@example.org", "two@example.org");
		assertThat(mail.getContent().toString().replace("\r\n", "\n")).isEqualToIgnoringNewLines("""
				weather_batch_processing failed at validate on 21 November 2026 at 02:07 UTC.

				What is wrong:
				  Lyon has 9 readings on 2026-11-20, 24 are expected.
				  because: Open-Meteo did not answer.

				What to do:
				  Restart execution 1284 when Open-Meteo answers again.

				The execution: http://isobar.example.org/jobs/executions/1284
				""");
		await().untilAsserted(() -> assertThat(told("sent")).isEqualTo(1));
	}

	@Test
	void whatSomebodyShouldLookAtIsToldWithAPage() throws Exception {
		Alerts alerts = alerts(mailServer.getSmtp().getPort(), List.of());

		alerts.tell(new Concern("The boundary is older than PT50H",
				List.of("No day of Lyon is closed since 2026-11-18.", "So it is for 3 more cities."),
				"Look at the last runs.", "/boundary", Instant.parse("2026-11-21T02:07:30Z")));

		assertThat(mailServer.waitForIncomingEmail(20_000, 1)).isTrue();
		MimeMessage mail = mailServer.getReceivedMessages()[0];
		assertThat(mail.getSubject()).isEqualTo("isobar: The boundary is older than PT50H");
		assertThat(mail.getContent().toString().replace("\r\n", "\n")).isEqualToIgnoringNewLines("""
				The boundary is older than PT50H, on 21 November 2026 at 02:07 UTC.

				What is wrong:
				  No day of Lyon is closed since 2026-11-18.
				  So it is for 3 more cities.

				What to do:
				  Look at the last runs.

				The page: http://isobar.example.org/boundary
				""");
	}

	@Test
	void aMailServerThatIsDownIsTriedAFewTimesAndSaidOnce(CapturedOutput output) {
		Alerts alerts = alerts(1, Collections.nCopies(3, Duration.ofMillis(1)));

		alerts.tell(FAILED);

		await().untilAsserted(() -> assertThat(told("failed")).isEqualTo(1));
		assertThat(output.getOut().lines().filter((line) -> line.contains("1284"))).hasSize(1)
			.first()
			.asString()
			.contains("could not be sent, 4 times: ConnectException", "spring.mail.*",
					"http://isobar.example.org/jobs/executions/1284");
	}

	@Test
	void moreMailsThanCanWaitAreNotKept(CapturedOutput output) throws InterruptedException {
		Alerts alerts = alerts(1, List.of(Duration.ofHours(1)));

		for (int i = 0; i < 60; i++) {
			alerts.tell(FAILED);
		}

		assertThat(told("dropped")).isEqualTo(10);
		alerts.destroy();
		assertThat(output).contains("The application ends before 50 mails about failed jobs could be sent.");
	}

	@Test
	void withoutAMailServerNobodyIsToldAndTheStartSaysSo(CapturedOutput output) {
		ObjectProvider<MailSender> none = new StaticListableBeanFactory().getBeanProvider(MailSender.class);

		Alerts alerts = new AlertConfiguration().alerts(none,
				new AlertSettings(new AlertSettings.Mail(List.of("one@example.org"), "isobar@example.org"), null),
				new MockEnvironment(), this.meters);

		assertThat(alerts).isNull();
		assertThat(output.getOut().lines().filter((line) -> line.contains("spring.mail.host is not set"))).hasSize(1);
	}

	@Test
	void theLinkLeadsToWherePeopleReachIt() {
		MockEnvironment laptop = new MockEnvironment().withProperty("local.server.port", "8081")
			.withProperty("server.servlet.context-path", "/weather");
		laptop.setActiveProfiles("embedded");

		assertThat(AlertConfiguration.address(null, laptop)).isEqualTo("http://localhost:8081/weather");
		assertThat(AlertConfiguration.address(URI.create("https://weather.example.org/"), laptop))
			.isEqualTo("https://weather.example.org");
	}

	private Alerts alerts(int port, List<Duration> pauses) {
		JavaMailSenderImpl sender = new JavaMailSenderImpl();
		sender.setHost("127.0.0.1");
		sender.setPort(port);
		// Not to ask the network for this machine's name
		sender.getJavaMailProperties().put("mail.smtp.localhost", "localhost");
		return new Alerts(sender,
				new AlertSettings.Mail(List.of("one@example.org", "two@example.org"), "isobar@example.org"),
				() -> "http://isobar.example.org", pauses, this.meters);
	}

	private double told(String outcome) {
		return this.meters.counter("isobar.operations.alerts", "outcome", outcome).count();
	}

}
