package io.isobar.speed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.isobar.jobs.Duties;
import io.isobar.lake.CrashPoint;
import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.provider.CurrentConditions;
import io.isobar.provider.Provider;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.provider.Providers;
import io.isobar.provider.Quotas;
import io.isobar.speed.ProducerSettings.Mode;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Asks for the weather of all listed cities, round after round, and sends it to Kafka. Of
 * several instances one does so at a time.
 */
@Component
@ConditionalOnSpeed
@ConditionalOnBooleanProperty(name = "isobar.speed.producer.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ProducerSettings.class)
class WeatherProducer implements SmartLifecycle {

	static final String DUTY = "speed_producer";

	private static final Logger logger = LoggerFactory.getLogger(WeatherProducer.class);

	/** How long to wait before looking again where nothing can be done. */
	private static final Duration LATER = Duration.ofSeconds(2);

	/** How long a stop may take: for what is being asked, and for what is being sent. */
	private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

	private final ProducerSettings settings;

	private final Cities cities;

	private final Providers providers;

	private final Duties duties;

	private final Pace pace;

	private final Outbox outbox;

	private final Clock clock;

	private final CountDownLatch stopping = new CountDownLatch(1);

	private @Nullable Thread thread;

	/** Of each city the hour whose sums were sent last. */
	private final Map<String, Hour> hours = new HashMap<>();

	/** How many messages were put into the outbox. */
	private long made;

	/** What stands in the way, so that it is said once. */
	private @Nullable String trouble;

	private record Hour(Instant begin, Origin origin) {

	}

	WeatherProducer(ProducerSettings settings, SpeedSettings speed, KafkaClients kafka, Cities cities,
			Providers providers, Quotas quotas, Duties duties, MeterRegistry meters, Clock clock) {
		this.settings = settings;
		this.cities = cities;
		this.providers = providers;
		this.duties = duties;
		this.pace = new Pace(settings, quotas);
		this.outbox = new Outbox(speed.weatherTopic(), kafka::sender, meters, clock);
		this.clock = clock;
	}

	@Override
	public synchronized void start() {
		this.outbox.start();
		Thread asking = new Thread(this::run, "producer");
		asking.setDaemon(true);
		asking.start();
		this.thread = asking;
	}

	private void run() {
		try {
			while (!pause(step())) {
				if (isDone()) {
					awaitDelivery();
					return;
				}
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The producer is interrupted, as the application ends");
		}
		catch (Error ex) {
			logger.error(
					"The producer has ended ({}). Another instance goes on, if there is one; else start isobar anew.",
					ex.toString());
			throw ex;
		}
		finally {
			// A stop does so when all is sent
			if (!isStopping()) {
				this.duties.giveUp(DUTY);
			}
		}
	}

	private boolean isDone() {
		return this.settings.mode() == Mode.ONCE && this.made >= this.settings.count();
	}

	private void awaitDelivery() throws InterruptedException {
		while (!this.outbox.awaitDelivery(LATER)) {
			logger.debug("{} messages wait", this.outbox.open());
		}
		logger.info("{} messages were sent. The producer has ended, and the application stays up.",
				this.outbox.delivered());
	}

	/** Whether the producer is to end. */
	private boolean pause(Duration duration) throws InterruptedException {
		return !isDone() && this.stopping.await(duration.toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * A round, if it is this instance's to make.
	 * @return how long to wait for the next one
	 */
	private Duration step() {
		try {
			if (!this.duties.isMine(DUTY)) {
				return LATER;
			}
			if (this.outbox.isFull()) {
				tellOnce(
						"The producer asks for nothing more, as %d messages wait for Kafka. It goes on when Kafka does."
							.formatted(this.outbox.open()));
				return LATER;
			}
			Duration interval = round();
			this.trouble = null;
			return interval;
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("No round", ex);
			tellOnce(
					"The producer waits for PostgreSQL, where it is written which instance asks, and what that may cost. See that PostgreSQL runs.");
			return LATER;
		}
		catch (RuntimeException ex) {
			if (isStopping()) {
				return LATER;
			}
			logger.debug("A round has failed", ex);
			tellOnce("The producer can't ask for the weather now: %s It tries again.".formatted(ex.getMessage()));
			return LATER;
		}
	}

	private void tellOnce(String sentence) {
		if (!sentence.equals(this.trouble) && !isStopping()) {
			this.trouble = sentence;
			logger.warn("{}", sentence);
		}
	}

	private boolean isStopping() {
		return this.stopping.getCount() == 0;
	}

	private Duration round() {
		long began = System.nanoTime();
		List<City> listed = this.cities.listed();
		Set<Provider> asked = new HashSet<>();
		Set<Origin> answered = new HashSet<>();
		ProviderFailed failure = null;
		for (City city : listed) {
			if (isStopping() || isDone()) {
				break;
			}
			try {
				CurrentConditions current = this.providers.current(city, this.clock.instant(), (provider) -> {
					boolean due = this.pace.isDue(provider, began);
					if (due) {
						asked.add(provider);
					}
					return due;
				});
				CrashPoint.at("producer.fetched");
				answered.add(current.reading().origin());
				send(city, current);
				CrashPoint.at("producer.sent");
			}
			catch (ProviderFailed ex) {
				if (ex.reason() == Reason.INTERRUPTED) {
					throw ex;
				}
				failure = ex;
			}
		}
		if (failure != null) {
			logger.debug("A city has no weather in this round", failure);
		}
		return next(began, listed.size(), asked, answered);
	}

	/**
	 * The next round begins when somebody may be asked again who has answered in this
	 * one, or else anybody.
	 */
	private Duration next(long began, int cities, Set<Provider> asked, Set<Origin> answered) {
		long left = Math.max(1, this.settings.count() - this.made);
		int rounds = (int) Math.min(Integer.MAX_VALUE, (left + cities - 1) / Math.max(1, cities));
		Map<Origin, Duration> intervals = new HashMap<>();
		asked.forEach((provider) -> intervals.put(provider.origin(), this.pace.asked(provider, began, cities, rounds)));
		Duration interval = intervals.entrySet()
			.stream()
			.filter((each) -> answered.isEmpty() || answered.contains(each.getKey()))
			.map(Map.Entry::getValue)
			.min(Comparator.naturalOrder())
			.orElse(LATER);
		Duration wait = interval.minusNanos(System.nanoTime() - began);
		return wait.isNegative() ? Duration.ZERO : wait;
	}

	private void send(City city, CurrentConditions current) {
		for (WeatherMessage message : messages(city, current)) {
			if (!isDone()) {
				this.outbox.put(message);
				this.made++;
			}
		}
	}

	/** The weather now, and once for each hour what fell in it. */
	private List<WeatherMessage> messages(City city, CurrentConditions current) {
		List<WeatherMessage> messages = new ArrayList<>();
		if (!current.reading().isEmpty()) {
			messages.add(message(city, current.reading(), current.rain(), current.storm(), current.outlook()));
		}
		Reading sums = current.lastHour();
		if (sums != null && !sums.isEmpty()) {
			Hour hour = new Hour(sums.observedAt(), sums.origin());
			if (!hour.equals(this.hours.put(city.name(), hour))) {
				messages.add(message(city, sums, null, null, Outlook.UNKNOWN));
			}
		}
		return messages;
	}

	private static WeatherMessage message(City city, Reading reading, @Nullable Boolean rain, @Nullable Boolean storm,
			Outlook outlook) {
		String country = city.country().isEmpty() ? null : city.country();
		return new WeatherMessage(reading, country, city.stationId(), city.latitude(), city.longitude(), rain, storm,
				outlook);
	}

	/** How many messages Kafka has confirmed. */
	long sent() {
		return this.outbox.delivered();
	}

	/** Asks no more, and sends what was asked for. */
	@Override
	public synchronized void stop() {
		Thread asking = this.thread;
		if (asking == null) {
			return;
		}
		this.thread = null;
		this.stopping.countDown();
		try {
			asking.interrupt();
			asking.join(STOP_WITHIN.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.outbox.close(STOP_WITHIN);
		this.duties.giveUp(DUTY);
	}

	@Override
	public synchronized boolean isRunning() {
		return this.thread != null;
	}

}
