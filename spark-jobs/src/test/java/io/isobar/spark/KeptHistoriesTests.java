package io.isobar.spark;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class KeptHistoriesTests {

	@TempDir
	private java.nio.file.Path folder;

	private KeptHistories kept;

	@BeforeEach
	void threeResults() throws IOException {
		this.kept = new KeptHistories(FileSystem.getLocal(new Configuration()), new Path(this.folder.toUri()));
		String closed = this.kept.write(3, "closed", new Histories());
		this.kept.write(3, new KeptHistories.Record(2020, closed, new TreeMap<>(), Map.of()));
		// Takes over what was closed
		this.kept.write(5, new KeptHistories.Record(2020, closed, new TreeMap<>(), Map.of()));
		this.kept.write(8, new KeptHistories.Record(2020, this.kept.write(8, "closed", new Histories()),
				new TreeMap<>(), Map.of()));
	}

	@Test
	void whatAResultThatIsNeededNamesStays() throws IOException {
		this.kept.keepOnly(List.of(5L, 8L));

		assertThat(this.kept.find(3)).isEmpty();
		assertThat(this.kept.find(5)).isPresent();
		assertThat(this.kept.find(8)).isPresent();
	}

	@Test
	void whatIsNewerThanAllThatIsNeededStays() throws IOException {
		this.kept.keepOnly(List.of(5L));

		assertThat(this.kept.find(8)).isPresent();
	}

	@Test
	void whatNobodyNeedsIsDeleted() throws IOException {
		this.kept.keepOnly(List.of(8L));

		assertThat(this.kept.find(3)).isEmpty();
		assertThat(this.kept.find(5)).isEmpty();
		assertThat(this.folder.resolve("3")).doesNotExist();
	}

}
