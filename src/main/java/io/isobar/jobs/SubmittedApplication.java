package io.isobar.jobs;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a step has had a cluster do.
 *
 * @param id within isobar
 * @param step the step's name
 * @param name what it does
 * @param applicationId the cluster's name for it, or null until there is one
 * @param state in the words of Spark's launcher
 */
public record SubmittedApplication(long id, String step, String name, String master, @Nullable String applicationId,
		String state, Instant submittedAt, @Nullable Instant endedAt) {

}
