package io.isobar.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import io.isobar.weather.City;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The registry of cities: those of the configuration, which are collected, and those that
 * files and messages spoke of.
 */
@Component
@EnableConfigurationProperties(CitySettings.class)
public class Cities implements InitializingBean {

	private static final Logger logger = LoggerFactory.getLogger(Cities.class);

	private final CitySettings settings;

	private final CityRecords records;

	private final TransactionTemplate transaction;

	/** Nobody removes a city: one that was found need not be looked for again. */
	private final Set<String> found = ConcurrentHashMap.newKeySet();

	Cities(CitySettings settings, CityRecords records, TransactionTemplate transaction) {
		this.settings = settings;
		this.records = records;
		this.transaction = transaction;
	}

	/** Brings what the configuration says into the registry. */
	@Override
	public void afterPropertiesSet() {
		this.transaction.executeWithoutResult((status) -> {
			Map<String, City> listed = new TreeMap<>();
			this.settings.cities().forEach((city) -> listed.put(city.city().name(), city.city()));
			for (City known : all()) {
				City now = listed.get(known.name());
				if (now == null && known.listed()) {
					logger.info("{} is no longer listed: it is not collected any more, and what is known of it stays.",
							known.name());
					this.records.save(new CityRecord(new City(known.name(), known.country(), known.latitude(),
							known.longitude(), known.zone(), false)));
				}
				else if (now != null && !now.zone().equals(known.zone())) {
					logger.warn(
							"{} was in the zone {} and is now in {}: the next run of weather_batch_processing computes its days anew.",
							known.name(), known.zone(), now.zone());
				}
			}
			listed.values().forEach((city) -> this.records.save(new CityRecord(city)));
		});
	}

	/** Every known city, by name. */
	public List<City> all() {
		return this.records.findAllByOrderByName().stream().map(CityRecord::toCity).toList();
	}

	/** The cities of the configuration, in its order. */
	public List<City> listed() {
		return this.settings.cities().stream().map(CitySettings.Listed::city).toList();
	}

	public Optional<City> named(String name) {
		return this.records.findById(name).map(CityRecord::toCity);
	}

	/** Whether there is a city of that name; the database is asked until there is. */
	public boolean isKnown(String name) {
		if (this.found.contains(name)) {
			return true;
		}
		boolean known = this.records.existsById(name);
		if (known) {
			this.found.add(name);
		}
		return known;
	}

	/** Makes a city known that is not listed; one that is known stays as it is. */
	public void register(City city) {
		this.transaction.executeWithoutResult((status) -> {
			if (!this.records.existsById(city.name())) {
				this.records.add(city.name(), city.country(), city.latitude(), city.longitude(), city.zone().getId());
			}
		});
	}

	/** The zone of each city, by name. */
	public Map<String, String> zones() {
		Map<String, String> zones = new TreeMap<>();
		all().forEach((city) -> zones.put(city.name(), city.zone().getId()));
		return zones;
	}

}
