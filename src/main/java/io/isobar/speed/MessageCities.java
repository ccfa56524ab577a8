package io.isobar.speed;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.isobar.messages.WeatherMessage;
import io.isobar.provider.Cities;
import io.isobar.weather.City;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The cities that messages speak of. One that nobody knows is made known, unlisted and in
 * UTC until somebody says its zone; one of a known name in another country is kept as
 * {@code Paris, US}, as imports have it. The registry is asked again every now and then,
 * as other instances write it too, but nobody waits for that: while it is away, or does
 * not come to an end with its answer, what it said before stays.
 */
@Component
@ConditionalOnSpeed
class MessageCities implements DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(MessageCities.class);

	/** So long a city is taken to be as it was. */
	private static final Duration REMEMBERED = Duration.ofSeconds(30);

	private final Cities cities;

	private final long remembered;

	/** Asks the registry again, while nobody waits for what it says. */
	private final ExecutorService asking = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "message-cities");
		thread.setDaemon(true);
		return thread;
	});

	private final Map<String, City> known = new ConcurrentHashMap<>();

	/** When the registry was asked for all that is known, or is being asked. */
	private final AtomicLong asked;

	@Autowired
	MessageCities(Cities cities) {
		this(cities, REMEMBERED);
	}

	MessageCities(Cities cities, Duration remembered) {
		this.cities = cities;
		this.remembered = remembered.toNanos();
		this.asked = new AtomicLong(System.nanoTime() - this.remembered);
	}

	/** The message with the name that its city is known by. */
	WeatherMessage settled(WeatherMessage message) {
		Optional<City> owner = named(message.city());
		if (owner.isEmpty()) {
			register(message.city(), message);
			// Somebody may have been faster, with a namesake in another country
			owner = named(message.city());
		}
		WeatherMessage settled = owner.map((city) -> message.settled(city.country())).orElse(message);
		if (named(settled.city()).isEmpty()) {
			register(settled.city(), message);
		}
		return settled;
	}

	/**
	 * The message with the name that its city is known by, for those who must not wait
	 * for the registry: as it came where nobody has asked for that city yet.
	 */
	WeatherMessage settledAsRemembered(WeatherMessage message) {
		askAgain();
		City owner = this.known.get(message.city());
		return (owner != null) ? message.settled(owner.country()) : message;
	}

	/** Whether somebody has asked for that city before, and it was known. */
	boolean isRemembered(String city) {
		return this.known.containsKey(city);
	}

	/** Asks for that city, so that it is remembered. */
	void remember(String city) {
		named(city);
	}

	/** The zone of a city; UTC while nobody knows the city. */
	ZoneId zone(String city) {
		return named(city).map(City::zone).orElse(ZoneOffset.UTC);
	}

	private Optional<City> named(String name) {
		askAgain();
		City remembered = this.known.get(name);
		if (remembered != null) {
			return Optional.of(remembered);
		}
		Optional<City> now = this.cities.named(name);
		now.ifPresent((city) -> this.known.put(name, city));
		return now;
	}

	private void askAgain() {
		long before = this.asked.get();
		long now = System.nanoTime();
		if (now - before >= this.remembered && this.asked.compareAndSet(before, now)) {
			this.asking.execute(this::askForAll);
		}
	}

	private void askForAll() {
		try {
			this.cities.all().forEach((city) -> this.known.put(city.name(), city));
		}
		catch (RuntimeException ex) {
			logger.debug("The registry of cities does not answer: what it said before stays", ex);
		}
	}

	private void register(String name, WeatherMessage message) {
		@Nullable String country = message.country();
		this.cities.register(new City(name, (country != null) ? country : "", message.latitude(), message.longitude(),
				ZoneId.of("UTC"), false));
	}

	@Override
	public void destroy() {
		this.asking.shutdownNow();
	}

}
