package io.isobar.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.isobar.lake.Lake;
import io.isobar.lake.LocalLake;
import io.isobar.lake.ReadingStore;
import io.isobar.weather.RandomReadings;
import io.isobar.weather.Reading;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CompactionTests {

	private final SparkSession spark = LocalSpark.session();

	@TempDir
	private Path folder;

	private Lake lake;

	private ReadingStore store;

	private final List<Reading> readings = RandomReadings.readings(new Random(3));

	@BeforeEach
	void manySmallFiles() {
		this.lake = LocalLake.in(this.folder);
		this.store = LocalLake.readings(this.lake);
		this.store.create();
		for (int i = 0; i < 4; i++) {
			append("before", i);
		}
	}

	@Test
	void aMonthBecomesOneFileAndNoReadingIsLost() {
		long before = table().count();

		assertThat(compact()).isGreaterThan(2);

		assertThat(table().count()).isEqualTo(before);
		assertThat(table().select("month", "bucket").distinct().count()).isEqualTo(table().inputFiles().length);
		assertThat(compact()).isZero();
	}

	@Test
	void eachFileIsSortedByCityAndTime() {
		compact();

		for (String file : table().inputFiles()) {
			List<String> keys = new ArrayList<>();
			this.spark.read()
				.parquet(file)
				.select("city", "observed_at")
				.collectAsList()
				.forEach((row) -> keys.add(row.getString(0) + row.getTimestamp(1).toInstant()));
			assertThat(keys).isSorted();
		}
	}

	@Test
	void itIsNoChangeInTheChangeFeed() {
		long version = this.store.version().orElseThrow();

		compact();

		assertThat(this.store.version()).hasValue(version + 1);
		assertThat(this.spark.read()
			.format("delta")
			.option("readChangeFeed", "true")
			.option("startingVersion", version + 1)
			.load(this.lake.readings().toString())
			.count()).isZero();
	}

	@Test
	void whoAppendsGoesOnAndAnEarlierVersionStaysReadable() {
		long version = this.store.version().orElseThrow();
		long before = table().count();

		compact();
		append("after", 0);

		assertThat(table().count()).isGreaterThan(before);
		assertThat(this.spark.read()
			.format("delta")
			.option("versionAsOf", version)
			.load(this.lake.readings().toString())
			.count()).isEqualTo(before);
	}

	@Test
	void theSameWriteMadeAgainChangesNothing() {
		long before = table().count();

		assertThat(append("before", 1)).isFalse();

		assertThat(table().count()).isEqualTo(before);
	}

	@Test
	void whatWasReplacedIsDeletedOnceAWeekWhenNobodyMayReadItAnyMore() throws IOException {
		long before = table().count();
		compact();
		assertThat(Compaction.deleteReplaced(this.spark, path())).isFalse();
		assertThat(Compaction.deleteReplaced(this.spark, path())).isFalse();
		aWeekLater();
		assertThat(Compaction.deleteReplaced(this.spark, path())).isTrue();
		assertThat(files()).isGreaterThan(table().inputFiles().length);

		this.spark
			.sql("alter table delta.`%s` set tblproperties ('delta.deletedFileRetentionDuration'='interval 0 hours')"
				.formatted(path()));
		aWeekLater();
		this.spark.conf().set("spark.databricks.delta.retentionDurationCheck.enabled", false);
		try {
			assertThat(Compaction.deleteReplaced(this.spark, path())).isTrue();
		}
		finally {
			this.spark.conf().unset("spark.databricks.delta.retentionDurationCheck.enabled");
		}
		assertThat(Compaction.deleteReplaced(this.spark, path())).isFalse();

		assertThat(files()).isEqualTo(table().inputFiles().length);
		assertThat(table().count()).isEqualTo(before);
		assertThat(append("after", 0)).isTrue();
	}

	private void aWeekLater() throws IOException {
		long then = System.currentTimeMillis() - Duration.ofDays(8).toMillis();
		this.lake.files().setTimes(new org.apache.hadoop.fs.Path(this.lake.readings(), "_vacuumed"), then, -1);
	}

	/** Of data, whether the table refers to them or not. */
	private int files() throws IOException {
		int count = 0;
		RemoteIterator<LocatedFileStatus> all = this.lake.files().listFiles(this.lake.readings(), true);
		while (all.hasNext()) {
			org.apache.hadoop.fs.Path file = all.next().getPath();
			count += (file.getName().endsWith(".parquet") && !file.toString().contains("_delta_log")) ? 1 : 0;
		}
		return count;
	}

	private String path() {
		return this.lake.readings().toString();
	}

	private boolean append(String write, long part) {
		int size = this.readings.size() / 4;
		return this.store.append(write, part, null, this.readings.subList((int) part * size, (int) (part + 1) * size),
				RandomReadings.ZONES::get);
	}

	private int compact() {
		return Compaction.compact(this.spark, path(), 2);
	}

	private Dataset<Row> table() {
		return this.spark.read().format("delta").load(this.lake.readings().toString());
	}

}
