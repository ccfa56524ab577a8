package io.isobar.serving;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import io.isobar.batch.Reconciliation;
import io.isobar.jobs.Concern;
import io.isobar.jobs.Duties;
import io.isobar.provider.Cities;
import io.isobar.weather.City;
import io.isobar.weather.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Measures how old the boundaries are and how far the layers were from each other; says
 * so once when a boundary becomes too old. Of several instances one does.
 */
@Component
@EnableConfigurationProperties(ServingSettings.class)
class ServingWatch implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(ServingWatch.class);

	private static final Duration EVERY = Duration.ofSeconds(30);

	private static final String DUTY = "boundary_age";

	private static final int NAMED = 5;

	private final Boundaries boundaries;

	private final Reconciliation reconciliation;

	private final Cities cities;

	private final ServingSettings settings;

	private final Duties duties;

	private final ApplicationEventPublisher events;

	private final Clock clock;

	private final MultiGauge ages;

	private final MultiGauge differences;

	private final MultiGauge outside;

	/**
	 * One at a time; not the monitor, which a stop needs while PostgreSQL does not
	 * answer.
	 */
	private final Lock measuring = new ReentrantLock();

	/** Whether it was said that boundaries are too old. */
	private boolean told;

	private @Nullable Integer measured;

	private @Nullable ScheduledExecutorService thread;

	ServingWatch(Boundaries boundaries, Reconciliation reconciliation, Cities cities, ServingSettings settings,
			Duties duties, ApplicationEventPublisher events, Clock clock, MeterRegistry meters) {
		this.boundaries = boundaries;
		this.reconciliation = reconciliation;
		this.cities = cities;
		this.settings = settings;
		this.duties = duties;
		this.events = events;
		this.clock = clock;
		this.ages = MultiGauge.builder("isobar.boundary.age")
			.description("How long ago the day began with which the batch layer's answer about a listed city ends")
			.baseUnit("seconds")
			.register(meters);
		this.differences = MultiGauge.builder("isobar.serving.reconciliation.difference")
			.description(
					"The largest difference between what the speed layer said of a day and what the batch layer says, of the days that the current generation has closed, in the metric's unit")
			.register(meters);
		this.outside = MultiGauge.builder("isobar.serving.reconciliation.outside")
			.description("How many of these differences are not tolerated")
			.register(meters);
	}

	/** Measures now, and tells who is to be told. */
	void watch() {
		this.measuring.lock();
		try {
			measureAndTell();
		}
		finally {
			this.measuring.unlock();
		}
	}

	private void measureAndTell() {
		List<String> listed = this.cities.listed().stream().map(City::name).toList();
		List<Boundaries.Boundary> all = this.boundaries.weather();
		List<Boundaries.Boundary> known = all.stream()
			.filter((boundary) -> listed.contains(boundary.city()) && boundary.boundary() != null)
			.toList();
		this.ages.register(known.stream()
			.map((boundary) -> MultiGauge.Row.of(Tags.of("city", boundary.city()), () -> age(boundary).toSeconds()))
			.toList(), true);
		tellOfOld(known);
		all.stream().findFirst().map(Boundaries.Boundary::generation).ifPresent(this::measure);
	}

	private Duration age(Boundaries.Boundary boundary) {
		return Objects.requireNonNull(boundary.age(this.clock.instant()));
	}

	private void tellOfOld(List<Boundaries.Boundary> known) {
		Instant now = this.clock.instant();
		List<Boundaries.Boundary> old = known.stream()
			.filter((boundary) -> age(boundary).compareTo(this.settings.boundaryAgeAlert()) > 0)
			.toList();
		if (old.isEmpty()) {
			this.told = false;
			return;
		}
		if (this.told || !this.duties.isMine(DUTY)) {
			return;
		}
		this.told = true;
		List<String> findings = new ArrayList<>();
		old.stream()
			.limit(NAMED)
			.forEach((boundary) -> findings
				.add("No day of %s is closed since %s.".formatted(boundary.city(), boundary.boundary())));
		if (old.size() > NAMED) {
			findings.add("So it is for %d more cities.".formatted(old.size() - NAMED));
		}
		Concern concern = new Concern("The boundary is older than " + this.settings.boundaryAgeAlert(), findings,
				"Look at the last runs of weather_batch_processing: their notes say what keeps days open.", "/boundary",
				now);
		logger.warn(concern.sentence());
		this.events.publishEvent(concern);
	}

	private void measure(int generation) {
		if (Objects.equals(generation, this.measured)) {
			return;
		}
		Map<Metric, Double> largest = new TreeMap<>();
		Map<Metric, Integer> count = new TreeMap<>();
		for (Reconciliation.Compared compared : this.reconciliation.closedBy(generation)) {
			Double difference = compared.difference();
			if (difference != null) {
				largest.merge(compared.metric(), Math.abs(difference), Math::max);
				count.merge(compared.metric(), Boolean.TRUE.equals(compared.withinTolerance()) ? 0 : 1, Integer::sum);
			}
		}
		this.differences.register(largest.entrySet()
			.stream()
			.map((metric) -> MultiGauge.Row.of(tags(metric.getKey()), metric.getValue()))
			.toList(), true);
		this.outside.register(count.entrySet()
			.stream()
			.map((metric) -> MultiGauge.Row.of(tags(metric.getKey()), metric.getValue()))
			.toList(), true);
		this.measured = generation;
	}

	private static Tags tags(Metric metric) {
		return Tags.of("metric", metric.column().toLowerCase(Locale.ROOT));
	}

	private void watchQuietly() {
		try {
			watch();
		}
		catch (RuntimeException ex) {
			// PostgreSQL is missed elsewhere, with a sentence
			logger.debug("The boundaries can't be looked at", ex);
		}
	}

	@Override
	public synchronized void start() {
		if (this.thread == null) {
			this.thread = Executors.newSingleThreadScheduledExecutor((task) -> {
				Thread made = new Thread(task, "serving-watch");
				made.setDaemon(true);
				return made;
			});
			this.thread.scheduleWithFixedDelay(this::watchQuietly, 1, EVERY.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Override
	public synchronized void stop() {
		if (this.thread != null) {
			this.thread.shutdownNow();
			this.thread = null;
		}
		this.duties.giveUp(DUTY);
	}

	@Override
	public synchronized boolean isRunning() {
		return this.thread != null;
	}

}
