package io.isobar.batch;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.OrderStore;
import io.isobar.lake.RawAnswers;
import io.isobar.provider.file.FileRefused;
import io.isobar.provider.file.ImportSettings;
import io.isobar.provider.file.OrderFile;
import io.isobar.provider.file.OrderFiles;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/**
 * Imports files of orders: keeps each as it came, then appends its orders, all of a file
 * at once. A file that was imported before changes nothing, or under another mapping
 * counts as this one says; one that is refused does not hold back the others.
 */
@Component
class ImportOrders implements Tasklet {

	private final ImportSettings settings;

	private final Locations locations;

	private final RawAnswers raw;

	private final OrderStore orders;

	private final ExecutionNotes notes;

	private final StepProgress progress;

	private final Clock clock;

	ImportOrders(ImportSettings settings, Locations locations, RawAnswers raw, OrderStore orders, ExecutionNotes notes,
			StepProgress progress, Clock clock) {
		this.settings = settings;
		this.locations = locations;
		this.raw = raw;
		this.orders = orders;
		this.notes = notes;
		this.progress = progress;
		this.clock = clock;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk) throws Exception {
		StepExecution step = contribution.getStepExecution();
		this.orders.create();
		List<OrderFile> files;
		try {
			files = OrderFiles.find(this.settings, this.locations.of(parameter(step, "path")),
					this.locations.of(parameter(step, "mapping")));
		}
		catch (FileRefused refusal) {
			throw new FilesRefused(List.of(refusal.sentence()), 1);
		}
		List<String> refused = new ArrayList<>();
		int done = 0;
		for (OrderFile file : files) {
			this.progress.stopIfRequested(step);
			try {
				importFile(file, contribution);
			}
			catch (FileRefused refusal) {
				refused.add(refusal.sentence());
			}
			this.progress.at(step, ++done, files.size());
		}
		if (!refused.isEmpty()) {
			throw new FilesRefused(refused, files.size());
		}
		return RepeatStatus.FINISHED;
	}

	private static String parameter(StepExecution step, String name) {
		return Objects.requireNonNull(step.getJobParameters().getString(name));
	}

	private void importFile(OrderFile file, StepContribution contribution) throws FileRefused, IOException {
		String source = file.contentHash() + "#" + file.importHash();
		if (this.orders.holds(source)) {
			boolean again = this.orders.countFile(file.contentHash(), source);
			this.notes.note(contribution.getStepExecution(),
					(again ? "%s was imported before, under this mapping and another; it counts under this one again."
							: "%s was imported before: nothing of it is new.")
						.formatted(file.name()));
			return;
		}
		try (InputStream content = file.open()) {
			this.raw.keepFile(file.contentHash(), content);
		}
		OrderFile.Tally[] tally = new OrderFile.Tally[1];
		FileRefused[] refusal = new FileRefused[1];
		try {
			boolean fresh = this.orders.append(source, OrderStore.FILE, this.clock.instant(), (rows) -> {
				try {
					// From the beginning, where a commit has to be tried again
					tally[0] = file.read(rows::order);
				}
				catch (FileRefused ex) {
					refusal[0] = ex;
					throw new IOException(ex);
				}
			});
			this.orders.countFile(file.contentHash(), source);
			if (fresh) {
				count(file, tally[0], contribution);
			}
		}
		catch (IllegalStateException ex) {
			if (refusal[0] != null) {
				throw refusal[0];
			}
			throw ex;
		}
	}

	private void count(OrderFile file, OrderFile.Tally tally, StepContribution contribution) {
		StepExecution step = contribution.getStepExecution();
		step.setReadCount(step.getReadCount() + tally.rows());
		step.setProcessSkipCount(step.getProcessSkipCount() + tally.refused());
		contribution.incrementWriteCount(tally.orders());
		contribution.incrementFilterCount(tally.rows() - tally.orders() - tally.refused());
		this.notes.note(step, tally.sentence(file.name()));
	}

}
