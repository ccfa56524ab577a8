package io.isobar.jobs;

import java.time.Instant;
import java.util.List;

/**
 * Something that works, but that somebody should look at: an application event for
 * whoever tells people.
 *
 * @param subject what it is about, in a few words
 * @param findings what is wrong, in sentences
 * @param action what to do, in a sentence
 * @param path the page on which one sees it
 */
public record Concern(String subject, List<String> findings, String action, String path, Instant at) {

	public Concern {
		findings = List.copyOf(findings);
	}

	/** All in one line. */
	public String sentence() {
		return this.subject + ": " + String.join(" ", this.findings) + " " + this.action;
	}

}
