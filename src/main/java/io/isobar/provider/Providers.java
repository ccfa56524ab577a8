package io.isobar.provider;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.isobar.provider.ProviderFailed.Reason;
import io.isobar.weather.City;
import io.isobar.weather.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which provider is asked. History comes from one real provider: Visual Crossing
 * where its key is set, else Open-Meteo; a real one that fails is never replaced by
 * simulated history. Current conditions come from whoever answers first.
 */
public final class Providers {

	private static final Logger log = LoggerFactory.getLogger(Providers.class);

	private final List<Provider> inOrder;

	private final Provider historian;

	/** Those that were heard of since the start, be it only with an error. */
	private final Set<Origin> heardOf = ConcurrentHashMap.newKeySet();

	/** Why each one failed last time, so that a cause is told once. */
	private final Map<Origin, Reason> failing = new ConcurrentHashMap<>();

	/**
	 * The providers to ask.
	 * @param order their origins; a provider that is not named is not asked
	 * @throws IllegalArgumentException if none of the named ones can be asked
	 */
	public Providers(List<Origin> order, Collection<? extends Provider> all) {
		List<Provider> usable = new ArrayList<>();
		for (Origin origin : order) {
			all.stream()
				.filter((provider) -> provider.origin().equals(origin) && provider.isSetUp())
				.findFirst()
				.ifPresent(usable::add);
		}
		if (usable.isEmpty()) {
			throw new IllegalArgumentException("isobar.provider.order names no provider that can be asked: "
					+ "visual-crossing needs VISUAL_CROSSING_API_KEY; open-meteo and simulator need nothing.");
		}
		this.inOrder = List.copyOf(usable);
		this.historian = find(Origin.VISUAL_CROSSING).or(() -> find(Origin.OPEN_METEO)).orElse(this.inOrder.get(0));
	}

	/** The one that history is asked of: for its costs, terms and origin. */
	public Provider historian() {
		return this.historian;
	}

	/** The provider of that origin, if it is asked at all. */
	public Optional<Provider> find(Origin origin) {
		return this.inOrder.stream().filter((provider) -> provider.origin().equals(origin)).findFirst();
	}

	/** All that are asked for current conditions, in this order. */
	public List<Provider> inOrder() {
		return this.inOrder;
	}

	/**
	 * The history of a city. It is simulated only while no key is set and nothing at all
	 * was heard of Open-Meteo since the start.
	 * @see Provider#history
	 * @throws ProviderFailed if the days have to wait
	 */
	public History history(City city, LocalDate from, LocalDate to, Instant collected, Use use) {
		try {
			History history = this.historian.history(city, from, to, collected, use);
			this.heardOf.add(this.historian.origin());
			return history;
		}
		catch (ProviderFailed failure) {
			noteHeard(failure);
			Optional<Provider> simulator = find(Origin.SIMULATED);
			if (failure.reason() != Reason.UNREACHABLE || simulator.isEmpty()
					|| this.historian.origin().equals(Origin.VISUAL_CROSSING)
					|| this.heardOf.contains(this.historian.origin())) {
				throw failure;
			}
			return simulator.get().history(city, from, to, collected, use);
		}
	}

	/**
	 * The weather now, of the first provider that answers.
	 * @throws ProviderFailed if none does and the simulator is not asked
	 */
	public CurrentConditions current(City city, Instant collected) {
		return current(city, collected, (provider) -> true);
	}

	/**
	 * The weather now, of the first of some providers that answers. Where the cost of a
	 * call can't be booked, none answers in its place.
	 * @param asked those that are asked
	 * @throws ProviderFailed if none does
	 * @throws IllegalStateException if none is asked
	 */
	public CurrentConditions current(City city, Instant collected, Predicate<Provider> asked) {
		ProviderFailed first = null;
		for (Provider provider : this.inOrder) {
			if (!asked.test(provider)) {
				continue;
			}
			try {
				CurrentConditions current = provider.current(city, collected);
				this.heardOf.add(provider.origin());
				if (this.failing.remove(provider.origin()) != null) {
					log.info("{} answers again.", provider.origin().name());
				}
				return current;
			}
			catch (ProviderFailed failure) {
				if (failure.reason() == Reason.INTERRUPTED || failure.reason() == Reason.NOT_BOOKED) {
					throw failure;
				}
				noteHeard(failure);
				tellOnce(failure);
				first = (first != null) ? first : failure;
			}
		}
		throw (first != null) ? first : new IllegalStateException("No provider is asked.");
	}

	private void noteHeard(ProviderFailed failure) {
		if (failure.isHeard()) {
			this.heardOf.add(failure.origin());
		}
	}

	/** That a network cannot be reached has been told by who found out. */
	private void tellOnce(ProviderFailed failure) {
		if (this.failing.put(failure.origin(), failure.reason()) != failure.reason()
				&& failure.reason() != Reason.UNREACHABLE) {
			log.warn("{}", failure.getMessage());
		}
	}

}
