package io.isobar.speed;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.StepProgress;
import io.isobar.lake.Lake;
import io.isobar.lake.LocalLake;
import io.isobar.lake.ReadingStore;
import io.isobar.lake.StreamPart;
import io.isobar.lake.Streamed;
import io.isobar.messages.WeatherMessage;
import io.isobar.messages.WeatherMessages;
import io.isobar.provider.Cities;
import io.isobar.provider.MovableClock;
import io.isobar.provider.TestCities;
import io.isobar.weather.Channel;
import io.isobar.weather.Metric;
import io.isobar.weather.Origin;
import io.isobar.weather.Outlook;
import io.isobar.weather.Reading;
import io.isobar.weather.ReadingDraft;
import io.isobar.weather.Resolution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.ObjectProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/** A lake with messages of three months, of which the first is kept for the last day. */
class ReplayLakeTests {

	private static final StreamPart PART = new StreamPart("weather", 0, 0);

	private final MovableClock clock = new MovableClock(Instant.parse("2026-03-08T23:00:00Z"));

	private final List<Instant> written = new ArrayList<>();

	@TempDir
	Path folder;

	@Test
	void aMonthThatNoStoreKeepsAnyMoreAtMidnightLetsNoOtherBePassedOver() throws Exception {
		Lake lake = LocalLake.in(this.folder);
		ReadingStore readings = LocalLake.readings(lake);
		readings.create();
		List<Instant> observed = List.of(Instant.parse("2026-01-20T12:00:00Z"), Instant.parse("2026-02-10T12:00:00Z"),
				Instant.parse("2026-03-05T12:00:00Z"));
		List<Streamed> messages = new ArrayList<>();
		observed.forEach((at) -> messages.add(streamed(at, messages.size())));
		readings.append(messages, Map.of(PART, 3L), Map.of(), (city) -> ZoneOffset.UTC);
		ReplayLake replay = replay(lake, readings);
		StepContribution step = new StepContribution(step());

		assertThat(execute(replay, step)).isEqualTo(RepeatStatus.CONTINUABLE);
		this.clock.move(Duration.ofHours(2));
		while (execute(replay, step) == RepeatStatus.CONTINUABLE) {
			continue;
		}

		assertThat(this.written).isEqualTo(observed);
	}

	private static RepeatStatus execute(ReplayLake replay, StepContribution step) throws Exception {
		return replay.execute(step, mock(ChunkContext.class));
	}

	private ReplayLake replay(Lake lake, ReadingStore readings) {
		Cities cities = mock();
		given(cities.named("Paris")).willReturn(Optional.of(TestCities.PARIS));
		WeatherSink sink = mock();
		willAnswer((call) -> {
			call.<List<WeatherMessage>>getArgument(0).forEach((message) -> this.written.add(message.observedAt()));
			return null;
		}).given(sink).write(any());
		ObjectProvider<WeatherSink> sinks = mock();
		given(sinks.orderedStream()).willAnswer((call) -> Stream.of(sink));
		return new ReplayLake(lake, LocalLake.table(lake), readings, sinks,
				new StreamedMessages(new MessageCities(cities)), new SpeedSettings(true, "weather", Period.ofDays(35)),
				new InfluxSettings(null, null, "org", "bucket", Duration.ofDays(30)), mock(ExecutionNotes.class),
				mock(StepProgress.class), this.clock);
	}

	private static StepExecution step() {
		StepExecution step = mock();
		given(step.getJobParameters())
			.willReturn(new JobParametersBuilder().addString(RebuildSpeedViewsJob.SOURCE, RebuildSpeedViewsJob.LAKE)
				.toJobParameters());
		given(step.getExecutionContext()).willReturn(new ExecutionContext());
		return step;
	}

	private static Streamed streamed(Instant observed, long offset) {
		Reading reading = new ReadingDraft("Paris", observed, Resolution.HOUR, Origin.OPEN_METEO, Channel.STREAM,
				observed)
			.value(Metric.HUMIDITY, 50.0)
			.build();
		WeatherMessage message = new WeatherMessage(reading, "FR", WeatherMessage.stationId("Paris", "FR"), null, null,
				null, null, Outlook.UNKNOWN);
		return new Streamed(reading, PART, offset, new String(WeatherMessages.write(message), StandardCharsets.UTF_8));
	}

}
