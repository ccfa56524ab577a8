package io.isobar.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ExchangeTests {

	@TempDir
	private java.nio.file.Path temp;

	private FileSystem files;

	private Exchange exchange;

	@BeforeEach
	void anExchange() throws IOException {
		this.files = FileSystem.getLocal(new Configuration());
		this.exchange = new Exchange(this.files, folder("this"));
	}

	@Test
	void requestAndResultComeAsTheyWent() throws IOException {
		Requested request = new Requested("São \"Paulo\"\n", 1L << 62, new TreeMap<>(Map.of("St. John's", "x")));
		CompactReadings.Compacted result = new CompactReadings.Compacted(7);

		this.exchange.ask(request);
		this.exchange.answer(result);

		assertThat(this.exchange.request(Requested.class)).isEqualTo(request);
		assertThat(this.exchange.result(CompactReadings.Compacted.class)).isEqualTo(result);
	}

	@Test
	void whatIsLeftForLongIsDeletedAndNothingElse() throws IOException {
		this.exchange.ask(new CompactReadings.Compacted(1));
		for (String left : new String[] { "old", "young" }) {
			new Exchange(this.files, folder(left)).ask(new CompactReadings.Compacted(1));
		}
		this.files.setTimes(folder("old"),
				this.files.getFileStatus(folder("this")).getModificationTime() - Duration.ofHours(25).toMillis(), -1);

		this.exchange.deleteOlder(Duration.ofDays(1));

		assertThat(Files.list(this.temp)).extracting((path) -> path.getFileName().toString())
			.containsExactlyInAnyOrder("this", "young");
	}

	private Path folder(String name) {
		return new Path(this.temp.resolve(name).toUri());
	}

	record Requested(String text, long number, Map<String, String> zones) {
	}

}
