package io.isobar.batch;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

import io.isobar.jobs.Concern;
import io.isobar.jobs.Launches;
import io.isobar.provider.Provider;
import io.isobar.provider.Providers;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what has come of a run: whom it has asked, and what it has published. */
@Component
class RunWatch implements JobExecutionListener {

	private static final Logger logger = LoggerFactory.getLogger(RunWatch.class);

	/** Differences that are named; the others are counted. */
	private static final int NAMED = 5;

	private final CollectedDays ledger;

	private final Providers providers;

	private final Generations generations;

	private final Reconciliation reconciliation;

	private final ApplicationEventPublisher events;

	private final Clock clock;

	RunWatch(CollectedDays ledger, Providers providers, Generations generations, Reconciliation reconciliation,
			ApplicationEventPublisher events, Clock clock) {
		this.ledger = ledger;
		this.providers = providers;
		this.generations = generations;
		this.reconciliation = reconciliation;
		this.events = events;
		this.clock = clock;
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
		if (generation != null) {
			tellOfDifferences(generation.number());
		}
	}

	private void tellOfDifferences(int generation) {
		List<Reconciliation.Compared> outside = this.reconciliation.closedBy(generation)
			.stream()
			.filter((compared) -> Boolean.FALSE.equals(compared.withinTolerance()))
			.toList();
		if (!outside.isEmpty()) {
			List<String> findings = new ArrayList<>();
			outside.stream().limit(NAMED).forEach((compared) -> findings.add(sentence(compared)));
			if (outside.size() > NAMED) {
				findings.add("%d more are on the page.".formatted(outside.size() - NAMED));
			}
			Concern concern = new Concern(
					"Batch and speed differ for days that generation %d closes".formatted(generation), findings,
					"Compare the readings of those days by origin; if differences like these are usual, set isobar.serving.tolerance.<metric>.",
					"/boundary", this.clock.instant());
			logger.warn(concern.sentence());
			this.events.publishEvent(concern);
		}
	}

	private static String sentence(Reconciliation.Compared compared) {
		Metric metric = compared.metric();
		return String.format(Locale.ROOT,
				"%s %s: %s was %.1f %s in the speed layer and is %.1f %5$s in the batch layer.", compared.city(),
				compared.day(), metric.field(), compared.speed(), metric.unit(), compared.batch());
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
