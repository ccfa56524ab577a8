package io.isobar.spark;

import java.io.IOException;
import java.util.function.DoubleConsumer;

import org.apache.spark.sql.classic.SparkSession;

/** The {@link Compaction}, as a job and as a program for a cluster. */
public final class CompactReadings implements SparkJob<CompactReadings.Request, CompactReadings.Compacted> {

	/**
	 * What is to be compacted.
	 *
	 * @param table path of the table of readings
	 * @param many as many files as make a month worth being rewritten, at least 2
	 */
	public record Request(String table, int many) {
	}

	/**
	 * What was compacted.
	 *
	 * @param files how many files were replaced
	 */
	public record Compacted(int files) {
	}

	public static void main(String[] arguments) throws Exception {
		Driver.run(new CompactReadings(), arguments);
	}

	@Override
	public String name() {
		return "compact readings";
	}

	@Override
	public Class<Request> request() {
		return Request.class;
	}

	@Override
	public Class<Compacted> result() {
		return Compacted.class;
	}

	@Override
	public Compacted run(SparkSession spark, Request request, DoubleConsumer progress) throws IOException {
		Compacted compacted = new Compacted(Compaction.compact(spark, request.table(), request.many()));
		Compaction.deleteReplaced(spark, request.table());
		return compacted;
	}

}
