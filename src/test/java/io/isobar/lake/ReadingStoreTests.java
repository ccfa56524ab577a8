package io.isobar.lake;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.isobar.weather.Channel;
import io.isobar.weather.FiledZones;
import io.isobar.weather.Origin;
import io.isobar.weather.Reading;
import io.isobar.weather.Values;

import static org.assertj.core.api.Assertions.assertThat;

class ReadingStoreTests {

	private static final int CITIES = 16;

	@TempDir
	Path folder;

	@Test
	void manyCitiesThatAreWrittenForTheFirstTimeAtOnceDoNotConflict() throws Exception {
		Lake lake = LocalLake.withoutChecksums(this.folder);
		LocalLake.readings(lake).create();

		// Of two instances, as each spares its own threads the conflict
		List<ReadingStore> instances = List.of(LocalLake.readings(lake), LocalLake.readings(lake));
		CyclicBarrier together = new CyclicBarrier(CITIES);
		ExecutorService threads = Executors.newFixedThreadPool(CITIES);
		List<Callable<Boolean>> appends = new ArrayList<>();
		for (int i = 0; i < CITIES; i++) {
			ReadingStore store = instances.get(i % 2);
			Reading reading = reading("City " + i);
			appends.add(() -> {
				together.await();
				return store.append(reading.city(), 0, null, List.of(reading), (name) -> ZoneOffset.UTC);
			});
		}
		List<Future<Boolean>> written = threads.invokeAll(appends);
		threads.shutdown();

		for (Future<Boolean> append : written) {
			assertThat(append.get()).isTrue();
		}
		FiledZones zones = instances.get(0).filedZones();
		assertThat(IntStream.range(0, CITIES).mapToObj((i) -> zones.zonesOf("City " + i))).containsOnly(Set.of("Z"));
	}

	@Test
	void manyThatMakeTheTableAtOnceDoNotConflict() throws Exception {
		Lake lake = LocalLake.in(this.folder);
		ExecutorService threads = Executors.newFixedThreadPool(CITIES);
		CyclicBarrier together = new CyclicBarrier(CITIES);
		List<Future<?>> made = new ArrayList<>();
		for (int i = 0; i < CITIES; i++) {
			made.add(threads.submit(() -> {
				together.await();
				LocalLake.readings(lake).create();
				return null;
			}));
		}
		threads.shutdown();

		for (Future<?> each : made) {
			each.get();
		}
		assertThat(LocalLake.readings(lake).version()).hasValue(0L);
	}

	private static Reading reading(String city) {
		return Reading.hour(city, Instant.parse("2026-01-31T14:00:00Z"), Origin.OPEN_METEO, Channel.HISTORY,
				Instant.parse("2026-01-31T14:00:01Z"), Values.NONE);
	}

}
