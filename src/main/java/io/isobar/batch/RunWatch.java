package io.isobar.batch;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

import io.isobar.jobs.Launches;
import io.isobar.provider.Provider;
import io.isobar.provider.Providers;
import io.isobar.weather.Origin;

/** Tells what has come of a run: whom it has asked, and what it has published. */
@Component
class RunWatch implements JobExecutionListener {

	private final CollectedDays ledger;

	private final Providers providers;

	private final Generations generations;

	private final ApplicationEventPublisher events;

	RunWatch(CollectedDays ledger, Providers providers, Generations generations, ApplicationEventPublisher events) {
		this.ledger = ledger;
		this.providers = providers;
		this.generations = generations;
		this.events = events;
	}

	@Override
	public void afterJob(JobExecution execution) {
		List<Integer> published = this.generations.publishedBy(execution.getId());
		Generation generation = published.isEmpty() ? null
				: this.generations.find(published.get(published.size() - 1)).orElse(null);
		if (generation != null || execution.getStatus() == BatchStatus.COMPLETED) {
			this.events
				.publishEvent(new RunEnded(execution.getId(), launchedBy(execution), collected(execution), generation));
		}
	}

	private static String launchedBy(JobExecution execution) {
		String by = execution.getJobParameters().getString(Launches.LAUNCHED_BY);
		return (by != null) ? by : "somebody";
	}

	private List<RunEnded.Collected> collected(JobExecution execution) {
		// Spring Batch keeps times without a zone; they are the system's
		Instant since = execution.getCreateTime().atZone(ZoneId.systemDefault()).toInstant();
		return this.ledger.answeredSince(since)
			.entrySet()
			.stream()
			.map((days) -> new RunEnded.Collected(name(days.getKey()), days.getKey().isSimulated(), days.getValue()))
			.toList();
	}

	private String name(Origin origin) {
		return this.providers.find(origin).map(Provider::name).orElse(origin.name());
	}

}
