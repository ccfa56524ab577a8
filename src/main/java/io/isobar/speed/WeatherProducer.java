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
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

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

	/** Who answered last for each city. */
	private final Map<String, Origin> answering = new HashMap<>();

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
		try {
			for (City city : listed) {
				if (isStopping() || isDone()) {
					break;
				}
				ask(city, began, asked);
			}
		}
		finally {
			note(asked, began, listed.size());
		}
		return next(began, listed, asked);
	}

	/**
	 * Asks for the weather of a city.
	 * @param began when the round began
	 * @param asked gets those that were asked
	 */
	private void ask(City city, long began, Set<Provider> asked) {
		List<Provider> due = due(city, began);
		if (due.isEmpty()) {
			return;
		}
		List<Provider> now = new ArrayList<>();
		try {
			CurrentConditions current = this.providers.current(city, this.clock.instant(),
					(provider) -> due.contains(provider) && now.add(provider));
			CrashPoint.at("producer.fetched");
			this.answering.put(city.name(), current.reading().origin());
			send(city, current);
			CrashPoint.at("producer.sent");
		}
		catch (ProviderFailed ex) {
			if (ex.reason() == Reason.NOT_BOOKED) {
				now.removeIf((provider) -> provider.origin().equals(ex.origin()));
			}
			if (ex.reason() == Reason.INTERRUPTED || ex.reason() == Reason.NOT_BOOKED) {
				throw ex;
			}
			logger.debug("{} has no weather in this round", city.name(), ex);
		}
		finally {
			asked.addAll(now);
		}
	}

	/**
	 * Who may be asked for a city. One that answered last, and is not to be asked again
	 * yet, is not replaced by those that come after it.
	 */
	private List<Provider> due(City city, long began) {
		List<Provider> due = new ArrayList<>();
		for (Provider provider : this.providers.inOrder()) {
			if (this.pace.isDue(provider, began)) {
				due.add(provider);
			}
			else if (provider.origin().equals(this.answering.get(city.name()))) {
				break;
			}
		}
		return due;
	}

	private void note(Set<Provider> asked, long began, int cities) {
		long left = Math.max(1, this.settings.count() - this.made);
		int rounds = (int) Math.min(Integer.MAX_VALUE, (left + cities - 1) / Math.max(1, cities));
		asked.forEach((provider) -> this.pace.asked(provider, began, cities, rounds));
	}

	/**
	 * The next round begins when somebody may be asked again who answers for a city, or
	 * else anybody who was asked.
	 */
	private Duration next(long began, List<City> cities, Set<Provider> asked) {
		Set<Origin> answer = cities.stream()
			.map((city) -> this.answering.get(city.name()))
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
		return this.providers.inOrder()
			.stream()
			.filter((each) -> answer.isEmpty() ? asked.contains(each) : answer.contains(each.origin()))
			.map((each) -> this.pace.untilDue(each, began))
			.min(Comparator.naturalOrder())
			.orElse(LATER);
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
