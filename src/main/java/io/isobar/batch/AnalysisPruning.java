package io.isobar.batch;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.isobar.lake.Lake;
import io.isobar.lake.LakeTable;
import io.isobar.spark.WeatherAnalysis;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Deletes what the lake has of states and histories that no generation was made from
 * which is kept. What a run starts from thus stays, also after going back.
 */
@Component
class AnalysisPruning {

	private static final Logger logger = LoggerFactory.getLogger(AnalysisPruning.class);

	private final Lake lake;

	private final LakeTable tables;

	private final Generations generations;

	private final Clock clock;

	AnalysisPruning(Lake lake, LakeTable tables, Generations generations, Clock clock) {
		this.lake = lake;
		this.tables = tables;
		this.generations = generations;
		this.clock = clock;
	}

	/** Deletes what can be deleted by now; what can't be is left for the next time. */
	void prune() {
		Instant before = this.clock.instant().minus(Pruning.GRACE);
		List<Map<String, Long>> needed = this.generations.needed(Dataset.WEATHER, before)
			.stream()
			.map((generation) -> this.generations.made(generation).stateVersions())
			.toList();
		if (needed.isEmpty()) {
			return;
		}
		try {
			int deleted = 0;
			for (String table : List.of(WeatherAnalysis.CITY_DAY, WeatherAnalysis.CITY_MONTH_PAIRS)) {
				deleted += this.tables.keepOnly(new Path(this.lake.analysis(), table), numbers(needed, table), before);
			}
			WeatherAnalysis.keepHistories(this.lake.files(), this.lake.analysis(),
					numbers(needed, WeatherAnalysis.HISTORIES));
			logger.debug("{} files of states that no generation needs were deleted.", deleted);
		}
		catch (IOException | RuntimeException ex) {
			logger.warn("States that no generation needs were not deleted this time: {}", ex.getMessage());
		}
	}

	private static Set<Long> numbers(List<Map<String, Long>> versions, String table) {
		return versions.stream().map((some) -> some.get(table)).filter(Objects::nonNull).collect(Collectors.toSet());
	}

}
