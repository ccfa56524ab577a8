package io.isobar.batch;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.isobar.jobs.Fence;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.CrashPoint;
import io.isobar.lake.RawAnswers;
import io.isobar.lake.ReadingStore;
import io.isobar.provider.Cities;
import io.isobar.provider.JsonFiles;
import io.isobar.provider.file.FileReadings;
import io.isobar.provider.file.FileRefused;
import io.isobar.provider.file.FoundFile;
import io.isobar.provider.file.ImportSettings;
import io.isobar.provider.file.ReadingsConsumer;
import io.isobar.provider.file.Tally;
import io.isobar.weather.City;
import io.isobar.weather.Reading;
import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Imports files: keeps each as it came, then appends its readings. A file that was
 * imported before changes nothing; one that is refused does not hold back the others, and
 * is tried again by a restart.
 */
@Component
@EnableConfigurationProperties(ImportSettings.class)
class ImportFiles implements Tasklet {

	/**
	 * So many readings are written at once: a file of hours for ten years is one commit.
	 */
	private static final int PART = 100_000;

	private final ImportSettings settings;

	private final JsonFiles answers;

	private final Cities cities;

	private final Locations locations;

	private final RawAnswers raw;

	private final KeptImports imports;

	private final ReadingStore readings;

	private final Fence fence;

	private final StepProgress progress;

	private final JdbcClient jdbc;

	private final Clock clock;

	ImportFiles(ImportSettings settings, JsonFiles answers, Cities cities, Locations locations, RawAnswers raw,
			KeptImports imports, ReadingStore readings, Fence fence, StepProgress progress, JdbcClient jdbc,
			Clock clock) {
		this.settings = settings;
		this.answers = answers;
		this.cities = cities;
		this.locations = locations;
		this.raw = raw;
		this.imports = imports;
		this.readings = readings;
		this.fence = fence;
		this.progress = progress;
		this.jdbc = jdbc;
		this.clock = clock;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		StepExecution step = contribution.getStepExecution();
		this.readings.create();
		FileReadings files = new FileReadings(this.settings, this.answers, new CityRegistry(this.cities), this.clock);
		String mapping = step.getJobParameters().getString("mapping");
		List<FoundFile> found = find(files, Objects.requireNonNull(step.getJobParameters().getString("path")), mapping);
		List<String> refused = new ArrayList<>();
		int done = 0;
		for (FoundFile file : found) {
			this.progress.stopIfRequested(step);
			this.progress.at(step, done++, found.size());
			try {
				importFile(files, file, contribution);
			}
			catch (FileRefused refusal) {
				refused.add(refusal.getMessage());
			}
		}
		if (!refused.isEmpty()) {
			throw new FilesRefused(refused, found.size());
		}
		return RepeatStatus.FINISHED;
	}

	private List<FoundFile> find(FileReadings files, String path, @Nullable String mapping) throws IOException {
		try {
			return files.find(this.locations.of(path), (mapping != null) ? this.locations.of(mapping) : null);
		}
		catch (FileRefused refusal) {
			throw new FilesRefused(List.of(String.valueOf(refusal.getMessage())), 1);
		}
	}

	private void importFile(FileReadings files, FoundFile file, StepContribution contribution)
			throws FileRefused, IOException {
		if (file.refusal().isPresent()) {
			throw file.refusal().get();
		}
		String hash = file.importHash();
		if (isImported(hash)) {
			return;
		}
		String contentHash = file.contentHash();
		String source;
		try (InputStream content = file.location().open()) {
			source = this.raw.keepFile(contentHash, content);
		}
		Instant collected = this.imports.keep(hash, file, this.clock.instant());
		CrashPoint.at("import.kept");
		StepExecution step = contribution.getStepExecution();
		Parts parts = new Parts(step, hash, KeptImports.source(source, hash));
		Tally tally = read(files, file, collected, parts);
		this.fence.writing(step, () -> note(file, hash, contentHash, tally, step.getJobExecutionId()));
		CrashPoint.at("import.noted");
		count(tally, contribution);
	}

	/**
	 * Nothing of a file that is refused at its end may be there: one that is larger than
	 * a part is read once for that alone.
	 */
	private static Tally read(FileReadings files, FoundFile file, Instant collected, Parts parts)
			throws FileRefused, IOException {
		WholeFile whole = new WholeFile();
		Tally tally = files.read(file, collected, whole);
		if (whole.isLarge) {
			files.read(file, collected, parts);
		}
		else {
			for (City city : whole.cities) {
				parts.city(city);
			}
			parts.readings(whole.gathered);
		}
		parts.write();
		return tally;
	}

	private boolean isImported(String hash) {
		return this.jdbc.sql("SELECT count(*) FROM imported_file WHERE import_hash = ?")
			.param(hash)
			.query(Integer.class)
			.single() > 0;
	}

	private void note(FoundFile file, String hash, String contentHash, Tally tally, long jobExecutionId) {
		this.jdbc.sql("""
				INSERT INTO imported_file (import_hash, content_hash, name, imported_at, job_execution_id, rows_read,
				  readings, filtered, rejected, flagged)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""")
			.params(hash, contentHash, file.name(), Timestamp.from(this.clock.instant()), jobExecutionId, tally.rows(),
					tally.readings(), tally.filtered(), tally.rejected(), tally.flagged())
			.update();
	}

	/**
	 * Counts stand on the step; what a step has no column for, and the first rejections,
	 * in its context.
	 */
	private static void count(Tally tally, StepContribution contribution) {
		StepExecution step = contribution.getStepExecution();
		step.setReadCount(step.getReadCount() + tally.rows());
		step.setProcessSkipCount(step.getProcessSkipCount() + tally.rejected());
		contribution.incrementWriteCount(tally.readings());
		contribution.incrementFilterCount(tally.filtered());
		ExecutionContext context = step.getExecutionContext();
		context.putLong("flagged", context.getLong("flagged", 0) + tally.flagged());
		if (!tally.rejections().isEmpty()) {
			String before = context.getString("rejections", "");
			context.putString("rejections", (before + "\n" + String.join("\n", tally.rejections())).strip());
		}
	}

	/** Keeps what a file has until it is read to its end, if that is not too much. */
	private static final class WholeFile implements ReadingsConsumer {

		private final List<City> cities = new ArrayList<>();

		private final List<Reading> gathered = new ArrayList<>();

		private boolean isLarge;

		@Override
		public void city(City city) {
			this.cities.add(city);
		}

		@Override
		public void readings(List<Reading> some) {
			this.isLarge = this.isLarge || this.gathered.size() + some.size() > PART;
			if (this.isLarge) {
				this.gathered.clear();
			}
			else {
				this.gathered.addAll(some);
			}
		}

	}

	/**
	 * Gathers readings into parts that are written whole; the same part written again
	 * changes nothing.
	 */
	private final class Parts implements ReadingsConsumer {

		private final StepExecution step;

		private final String hash;

		private final String source;

		private final Map<String, ZoneId> zones = new HashMap<>();

		private final List<Reading> gathered = new ArrayList<>();

		private long part;

		Parts(StepExecution step, String hash, String source) {
			this.step = step;
			this.hash = hash;
			this.source = source;
		}

		@Override
		public void city(City city) {
			ImportFiles.this.fence.writing(this.step, () -> ImportFiles.this.cities.register(city));
			this.zones.put(city.name(), city.zone());
		}

		@Override
		public void readings(List<Reading> some) {
			this.gathered.addAll(some);
			if (this.gathered.size() >= PART) {
				write();
			}
		}

		void write() {
			if (!this.gathered.isEmpty()) {
				ImportFiles.this.readings.append("import:" + this.hash, this.part++, this.source, this.gathered,
						(city) -> Objects.requireNonNull(this.zones.get(city)));
				this.gathered.clear();
			}
		}

	}

}
