package io.isobar.operations;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who is told when a job fails.
 *
 * @param mail by mail, if {@code spring.mail.host} is set too
 * @param url where people reach isobar, for links in mails; found by itself if not set
 */
@ConfigurationProperties("isobar.alerts")
record AlertSettings(@DefaultValue Mail mail, @Nullable URI url) {

	/**
	 * @param to who gets the mails; nobody if empty
	 * @param from as whom they are sent
	 */
	record Mail(@DefaultValue List<String> to, @DefaultValue("isobar@localhost") String from) {

	}

}
