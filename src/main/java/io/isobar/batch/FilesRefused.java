package io.isobar.batch;

import java.util.List;

import io.isobar.jobs.NotWorthRetrying;

/** Files that were not imported; the message names each with its reason. */
final class FilesRefused extends RuntimeException implements NotWorthRetrying {

	private static final long serialVersionUID = 1L;

	/**
	 * @param sentences what is wrong with each
	 * @param files how many there were, the others among them
	 */
	FilesRefused(List<String> sentences, int files) {
		super(lead(sentences.size(), files) + " " + String.join(" ", sentences));
	}

	private static String lead(int refused, int files) {
		if (refused == files) {
			return (files == 1) ? "Nothing was imported."
					: "Nothing was imported: all %d files were refused.".formatted(files);
		}
		return "%d of %d files %s refused; the others are imported.".formatted(refused, files,
				(refused == 1) ? "was" : "were");
	}

}
