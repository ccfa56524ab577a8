package io.isobar.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.isobar.spark.Runs.Result;
import io.isobar.views.PlainFold;
import io.isobar.weather.RandomReadings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WeatherAnalysisTests {

	/** Of the years in which random readings lie some are closed then, some open. */
	private static final int CLOSED_BEFORE = 2024;

	@TempDir
	private Path folder;

	private Runs runs;

	@BeforeEach
	void lake() {
		this.runs = new Runs(this.folder);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void afterEachRunTheResultIsThatOfAllReadingsFoldedFromScratch(long seed) {
		Random random = new Random(seed);
		List<Result> results = new ArrayList<>();
		this.runs.append(RandomReadings.readings(random));
		results.add(this.runs.run(null, CLOSED_BEFORE));

		for (int night = 0; night < 4; night++) {
			this.runs.append(RandomReadings.readings(random));
			if (random.nextInt(3) == 0) {
				this.runs.compact();
			}
			// Now and then from an older result: somebody has gone back, or an attempt
			// was in vain
			Result basis = results.get(random.nextInt(4) == 0 ? random.nextInt(results.size()) : results.size() - 1);
			Result result = this.runs.run(basis, CLOSED_BEFORE + night / 2);

			assertThat(result.written().notIncremental()).isNull();
			this.runs.states(result).assertEqualTo(PlainFold.of(this.runs.readings));
			result.assertEqualTo(this.runs.fromScratch(CLOSED_BEFORE));
			results.add(result);
		}
	}

}
