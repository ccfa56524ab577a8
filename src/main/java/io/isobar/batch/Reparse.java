package io.isobar.batch;

import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.lake.RawAnswers;
import io.isobar.lake.ReadingStore;
import io.isobar.lake.SourceDigests;
import io.isobar.lake.SourceDigests.Digest;
import io.isobar.lake.SourceDigests.Held;
import io.isobar.provider.Cities;
import io.isobar.provider.JsonFiles;
import io.isobar.provider.Provider;
import io.isobar.provider.ProviderFailed;
import io.isobar.provider.file.FileReadings;
import io.isobar.provider.file.FileRefused;
import io.isobar.provider.file.ImportSettings;
import io.isobar.provider.file.KeptImport;
import io.isobar.provider.file.Location;
import io.isobar.provider.file.ReadingsConsumer;
import io.isobar.weather.Channel;
import io.isobar.weather.City;
import io.isobar.weather.Reading;
import io.isobar.weather.ReplacedSources;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.stereotype.Component;

/**
 * Reads the raw answers and the imported files anew. Nearly all of them give what they
 * gave before; where the code that reads them was mended, what they are read as now is
 * appended, and their former readings count no longer. All in one commit, so a run that
 * is killed has changed nothing.
 */
@Component
class Reparse {

	private static final Pattern ANSWER = Pattern
		.compile("weather/raw/[^/]+/[^/]+/(\\d{4}-\\d{2}-\\d{2})(?:_(\\d{4}-\\d{2}-\\d{2}))?/[^/]+\\.json\\.gz");

	private static final Pattern FILE = Pattern.compile("(weather/raw/file/[^#]+)#(.+)");

	/** Sources that a sentence names; the others are counted. */
	private static final int NAMED = 3;

	private final SourceDigests digests;

	private final ReadingStore readings;

	private final RawAnswers raw;

	private final KeptImports imports;

	private final Lake lake;

	private final List<Provider> providers;

	private final Cities cities;

	private final FileReadings files;

	private final ExecutionNotes notes;

	private final StepProgress progress;

	/** What a source is read as now; may be read more than once. */
	@FunctionalInterface
	private interface Again {

		void forEach(ReadingsConsumer consumer) throws IOException, FileRefused;

	}

	/** A source stays as it is; the message says why. */
	private static final class NotReadable extends Exception {

		private static final long serialVersionUID = 1L;

		NotReadable(String reason) {
			super(reason);
		}

	}

	Reparse(SourceDigests digests, ReadingStore readings, RawAnswers raw, KeptImports imports, Lake lake,
			List<Provider> providers, Cities cities, ImportSettings settings, JsonFiles answers, ExecutionNotes notes,
			StepProgress progress, Clock clock) {
		this.digests = digests;
		this.readings = readings;
		this.raw = raw;
		this.imports = imports;
		this.lake = lake;
		this.providers = providers;
		this.cities = cities;
		this.files = new FileReadings(settings, answers, new CityRegistry(cities), clock);
		this.notes = notes;
		this.progress = progress;
	}

	/** Reads everything anew, and says on the execution what came of it. */
	void run(StepExecution step) throws IOException, JobInterruptedException {
		ReadingStore.Replacing replacing = this.readings.replacing();
		Collection<Held> sources = this.digests.held(replacing.version());
		List<String> notReadable = new ArrayList<>();
		int changed = 0;
		for (Held held : sources) {
			this.progress.stopIfRequested(step);
			try {
				Again again = again(held);
				if (!digest(again).equals(held.digest())) {
					replace(held, again, replacing);
					changed++;
				}
			}
			catch (NotReadable | ProviderFailed | FileRefused ex) {
				notReadable.add("%s (%s)".formatted(held.source(), ex.getMessage()));
			}
		}
		replacing.commit();
		this.notes.note(step, "All raw answers and files were read anew: of %d, %d give other readings than before."
			.formatted(sources.size(), changed));
		if (!notReadable.isEmpty()) {
			this.notes.note(step,
					"%d of them could not be read, so their readings stay as they are: %s%s.".formatted(
							notReadable.size(), String.join("; ", notReadable.stream().limit(NAMED).toList()),
							(notReadable.size() > NAMED) ? "; …" : ""));
		}
	}

	private Again again(Held held) throws NotReadable, FileRefused {
		String source = ReplacedSources.raw(held.source());
		return held.channel().equals(Channel.FILE.column()) ? file(source) : answer(source, held);
	}

	private Again file(String source) throws NotReadable, FileRefused {
		Matcher parts = FILE.matcher(source);
		Optional<KeptImport> kept = parts.matches() ? this.imports.find(parts.group(2)) : Optional.empty();
		if (kept.isEmpty()) {
			throw new NotReadable("how it was imported is not known");
		}
		Location content = Location.hadoop(this.lake.files(), this.lake.path(parts.group(1)), kept.get().name());
		var file = this.files.again(content, kept.get());
		return (consumer) -> this.files.read(file, kept.get().collected(), consumer);
	}

	private Again answer(String source, Held held) throws NotReadable {
		Matcher parts = ANSWER.matcher(source);
		Optional<Provider> provider = this.providers.stream()
			.filter((known) -> known.origin().name().equals(held.origin()))
			.findFirst();
		Optional<City> city = this.cities.named(held.city());
		if (!parts.matches() || provider.isEmpty() || city.isEmpty()) {
			throw new NotReadable("it is no provider's answer");
		}
		byte[] answer = this.raw.answer(source).orElseThrow(() -> new NotReadable("it is no longer there"));
		LocalDate from = LocalDate.parse(parts.group(1));
		LocalDate to = (parts.group(2) != null) ? LocalDate.parse(parts.group(2)) : from;
		List<List<Reading>> possible = new ArrayList<>();
		for (ZoneId zone : zones(city.get())) {
			City then = new City(city.get().name(), city.get().country(), city.get().latitude(), city.get().longitude(),
					zone, city.get().listed());
			possible.add(provider.get().reread(then, from, to, held.collected(), answer).readings());
		}
		// The one that gives what is held; where none does, the one that is nearest to it
		List<Reading> likeliest = possible.stream()
			.min(Comparator.comparing((List<Reading> readings) -> !this.digests.of(readings).equals(held.digest()))
				.thenComparing((readings) -> Math.abs(readings.size() - held.digest().readings())))
			.orElseThrow();
		return (consumer) -> {
			consumer.city(city.get());
			consumer.readings(likeliest);
		};
	}

	/** The zone of a city, then those that it was in when an answer came. */
	private List<ZoneId> zones(City city) {
		Set<String> zones = new TreeSet<>(this.readings.filedZones().zonesOf(city.name()));
		zones.remove(city.zone().getId());
		List<ZoneId> all = new ArrayList<>(List.of(city.zone()));
		zones.forEach((zone) -> all.add(ZoneId.of(zone)));
		return all;
	}

	private Digest digest(Again again) throws IOException, FileRefused, NotReadable {
		Digest[] digest = { new Digest(0, 0) };
		again.forEach(new ReadingsConsumer() {

			@Override
			public void city(City city) {
			}

			@Override
			public void readings(List<Reading> some) {
				digest[0] = digest[0].and(Reparse.this.digests.of(some));
			}

		});
		if (digest[0].readings() == 0) {
			throw new NotReadable("it gives no reading any more");
		}
		return digest[0];
	}

	private static void replace(Held held, Again again, ReadingStore.Replacing replacing)
			throws IOException, FileRefused {
		String next = ReplacedSources.next(held.source());
		replacing.replace(held.source());
		Map<String, ZoneId> zones = new HashMap<>();
		Function<String, ZoneId> zone = (city) -> Objects.requireNonNull(zones.get(city));
		again.forEach(new ReadingsConsumer() {

			@Override
			public void city(City city) {
				zones.put(city.name(), city.zone());
			}

			@Override
			public void readings(List<Reading> some) throws IOException {
				replacing.add(next, some, zone);
			}

		});
	}

}
