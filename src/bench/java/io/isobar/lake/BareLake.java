package io.isobar.lake;

import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import io.delta.kernel.Operation;
import io.delta.kernel.TableManager;
import io.delta.kernel.Transaction;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.internal.data.DefaultColumnarBatch;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;

/**
 * What writing readings costs at least: the kernel is given the same rows, which are in
 * order already, and commits them. It looks for nothing, and notes no position.
 */
public final class BareLake {

	private final Lake lake;

	private final List<Batch> batches = new ArrayList<>();

	private record Batch(String month, List<ReadingColumns.Row> rows) {
	}

	/** Beside a lake, in a folder of its own. */
	public BareLake(Lake beside, String root) {
		this.lake = beside(beside, root);
	}

	/** A lake on the same file system. */
	public static Lake beside(Lake lake, String root) {
		return new Lake(lake::uri, new LakeSettings(root, lake.buckets()));
	}

	/** The readings of a lake. */
	public static ReadingStore readings(Lake lake) {
		return new ReadingStore(lake);
	}

	/** Prepares what goes into one commit. */
	public void prepare(List<Streamed> messages, Function<String, ZoneId> zones) {
		List<ReadingColumns.Row> rows = new ArrayList<>(messages.size());
		String month = "";
		for (Streamed message : messages) {
			month = message.reading()
				.observedAt()
				.atZone(zones.apply(message.reading().city()))
				.toString()
				.substring(0, 7);
			rows.add(new ReadingColumns.Row(message.reading(), null, message, month, 0));
		}
		rows.sort((one, other) -> {
			int order = one.reading().city().compareTo(other.reading().city());
			return (order != 0) ? order : one.reading().observedAt().compareTo(other.reading().observedAt());
		});
		this.batches.add(new Batch(month, rows));
	}

	/** Writes all that was prepared. */
	public void write() throws IOException {
		for (Batch batch : this.batches) {
			Engine engine = this.lake.engine();
			Transaction transaction = TableManager.loadSnapshot(this.lake.readings().toString())
				.build(engine)
				.buildUpdateTableTransaction("bare", Operation.WRITE)
				.build(engine);
			Row state = transaction.getTransactionState(engine);
			StructType schema = transaction.getSchema(engine);
			Map<String, Literal> partition = Map.of("month", Literal.ofString(batch.month()), "bucket",
					Literal.ofInt(0));
			FilteredColumnarBatch rows = new FilteredColumnarBatch(
					new DefaultColumnarBatch(batch.rows().size(), schema, ReadingColumns.vectors(schema, batch.rows())),
					Optional.empty());
			CloseableIterator<FilteredColumnarBatch> physical = Transaction.transformLogicalData(engine, state,
					Utils.toCloseableIterator(List.of(rows).iterator()), partition);
			var context = Transaction.getWriteContext(engine, state, partition);
			CloseableIterator<DataFileStatus> files = engine.getParquetHandler()
				.writeParquetFiles(context.getTargetDirectory(), physical, context.getStatisticsColumns());
			transaction.commit(engine, CloseableIterable
				.inMemoryIterable(Transaction.generateAppendActions(engine, state, files, context)));
		}
	}

	/** Makes the table. */
	public void create() {
		new ReadingStore(this.lake).create();
	}

}
