package io.isobar.operations;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.EventListener;
import org.springframework.mail.MailException;
import org.springframework.mail.MailSender;
import org.springframework.mail.SimpleMailMessage;

import io.isobar.jobs.Concern;
import io.isobar.jobs.JobFailed;

/**
 * Sends a mail when a job has failed, or somebody should look at something. It never
 * holds up the job: mails wait in a short line, and a mail server that is down is tried a
 * few times, then said once in the log.
 */
final class Alerts implements DisposableBean {

	static final List<Duration> PAUSES = List.of(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(5));

	/** How many mails may wait; where more fail, one more mail would help nobody. */
	private static final int MOST_WAITING = 50;

	private static final Duration LAST_CHANCE = Duration.ofSeconds(3);

	private static final DateTimeFormatter AT = DateTimeFormatter.ofPattern("d MMMM yyyy 'at' HH:mm 'UTC'",
			Locale.ENGLISH);

	private static final Logger logger = LoggerFactory.getLogger(Alerts.class);

	private final MailSender mails;

	private final AlertSettings.Mail settings;

	private final Supplier<String> address;

	private final List<Duration> pauses;

	private final MeterRegistry meters;

	private final AtomicInteger waiting = new AtomicInteger();

	private final ScheduledThreadPoolExecutor line = new ScheduledThreadPoolExecutor(1, (task) -> {
		Thread thread = new Thread(task, "alerts");
		thread.setDaemon(true);
		return thread;
	});

	/**
	 * @param address where people reach isobar
	 * @param pauses before the second attempt, the third and so on
	 */
	Alerts(MailSender mails, AlertSettings.Mail settings, Supplier<String> address, List<Duration> pauses,
			MeterRegistry meters) {
		this.mails = mails;
		this.settings = settings;
		this.address = address;
		this.pauses = pauses;
		this.meters = meters;
		// A mail that waits for its next attempt is given up when the application ends
		this.line.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	/**
	 * What is to be told.
	 *
	 * @param about what, in a few words, for the log
	 * @param link where one sees it
	 */
	private record Mail(String about, String subject, String text, String link) {
	}

	@EventListener
	void tell(JobFailed failed) {
		send(mail(failed));
	}

	@EventListener
	void tell(Concern concern) {
		send(mail(concern));
	}

	private void send(Mail mail) {
		if (this.waiting.incrementAndGet() > MOST_WAITING) {
			this.waiting.decrementAndGet();
			count("dropped");
			logger.warn("No mail about {}: {} wait already. Is the mail server (spring.mail.host) up?", mail.about(),
					MOST_WAITING);
			return;
		}
		this.line.execute(() -> send(mail, 0));
	}

	private void send(Mail mail, int attempt) {
		try {
			this.mails.send(message(mail));
			this.waiting.decrementAndGet();
			count("sent");
		}
		catch (MailException ex) {
			if (this.line.isShutdown()) {
				return;
			}
			if (attempt < this.pauses.size()) {
				this.line.schedule(() -> send(mail, attempt + 1), this.pauses.get(attempt).toMillis(),
						TimeUnit.MILLISECONDS);
				return;
			}
			this.waiting.decrementAndGet();
			count("failed");
			logger.warn(
					"The mail about {} could not be sent, {} times: {}. See the settings spring.mail.*; "
							+ "what it is about stands at {}.",
					mail.about(), attempt + 1, rootMessage(ex), mail.link());
		}
	}

	private SimpleMailMessage message(Mail mail) {
		SimpleMailMessage message = new SimpleMailMessage();
		message.setFrom(this.settings.from());
		message.setTo(this.settings.to().toArray(String[]::new));
		message.setSubject("isobar: " + mail.subject());
		message.setText(mail.text());
		return message;
	}

	private Mail mail(JobFailed failed) {
		String where = (failed.step() != null) ? " at " + failed.step() : "";
		String link = this.address.get() + "/jobs/executions/" + failed.executionId();
		return new Mail("execution " + failed.executionId(),
				failed.job() + " failed" + where + " (execution " + failed.executionId() + ")", """
						%s failed%s on %s.

						What is wrong:
						  %s

						What to do:
						  %s

						The execution: %s
						""".formatted(failed.job(), where, at(failed.at()),
						String.join("\n  because: ", failed.causes()), failed.action(), link),
				link);
	}

	private Mail mail(Concern concern) {
		String link = this.address.get() + concern.path();
		return new Mail(concern.subject(), concern.subject(), """
				%s, on %s.

				What is wrong:
				  %s

				What to do:
				  %s

				The page: %s
				""".formatted(concern.subject(), at(concern.at()), String.join("\n  ", concern.findings()),
				concern.action(), link), link);
	}

	private static String at(Instant instant) {
		return AT.format(instant.truncatedTo(ChronoUnit.MINUTES).atOffset(ZoneOffset.UTC));
	}

	private static String rootMessage(Throwable ex) {
		Throwable root = ex;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return root.getClass().getSimpleName() + " (" + root.getMessage() + ")";
	}

	private void count(String outcome) {
		this.meters.counter("isobar.operations.alerts", "outcome", outcome).increment();
	}

	/** Sends what can be sent at once, and gives up the rest. */
	@Override
	public void destroy() throws InterruptedException {
		this.line.shutdown();
		if (!this.line.awaitTermination(LAST_CHANCE.toMillis(), TimeUnit.MILLISECONDS)) {
			this.line.shutdownNow();
		}
		int left = this.waiting.get();
		if (left > 0) {
			logger.warn("The application ends before {} mails about failed jobs could be sent.", left);
		}
	}

}
