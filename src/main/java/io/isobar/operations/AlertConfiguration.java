package io.isobar.operations;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Set;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.mail.MailSender;

/** Mails about failed jobs, where there is a mail server and somebody to read them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AlertSettings.class)
class AlertConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(AlertConfiguration.class);

	// A null bean where nobody is to be told
	@Bean
	@Nullable Alerts alerts(ObjectProvider<MailSender> mails, AlertSettings settings, Environment environment,
			MeterRegistry meters) {
		MailSender sender = mails.getIfAvailable();
		if (sender == null || settings.mail().to().isEmpty()) {
			logger.info("Nobody gets a mail when a job fails: {} is not set.",
					(sender == null) ? "spring.mail.host" : "isobar.alerts.mail.to");
			return null;
		}
		return new Alerts(sender, settings.mail(), () -> address(settings.url(), environment), Alerts.PAUSES, meters);
	}

	/** Where people reach this application, without a slash at the end. */
	static String address(@Nullable URI set, Environment environment) {
		if (set != null) {
			return set.toString().replaceAll("/+$", "");
		}
		String port = environment.getProperty("local.server.port", environment.getProperty("server.port", "8080"));
		return "http://" + host(environment) + ":" + port + environment.getProperty("server.servlet.context-path", "");
	}

	private static String host(Environment environment) {
		Set<String> loopback = Set.of("127.0.0.1", "localhost", "::1");
		if (environment.acceptsProfiles(Profiles.of("embedded"))
				|| loopback.contains(environment.getProperty("server.address", ""))) {
			return "localhost";
		}
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			return "localhost";
		}
	}

}
