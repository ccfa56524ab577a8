package io.isobar.batch;

import java.io.IOException;

import io.isobar.lake.CrashPoint;
import io.isobar.lake.Lake;
import io.isobar.provider.Cities;
import io.isobar.spark.AnalyseWeather;
import io.isobar.spark.WeatherAnalysis;

import org.apache.hadoop.fs.Path;

import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.stereotype.Component;

/** Has Spark fold the pinned readings into the states of the views, and analyse these. */
@Component
class Analyse implements Tasklet {

	private final SparkEngine spark;

	private final Lake lake;

	private final Cities cities;

	private final Generations generations;

	Analyse(SparkEngine spark, Lake lake, Cities cities, Generations generations) {
		this.spark = spark;
		this.lake = lake;
		this.cities = cities;
		this.generations = generations;
	}

	@Override
	public RepeatStatus execute(StepContribution contribution, ChunkContext chunk)
			throws IOException, JobInterruptedException {
		RunContext run = RunContext.of(chunk);
		run.startFrom(this.generations.current(Dataset.WEATHER).map(Generation::number).orElse(null));
		Path results = this.lake.path("weather/analysis/results");
		// What earlier runs left: it has been exported, or never will be
		this.lake.files().delete(results, true);
		WeatherAnalysis.Request request = new WeatherAnalysis.Request(this.lake.readings().toString(),
				run.readingsVersion(), this.lake.analysis().toString(),
				new Path(results, String.valueOf(contribution.getStepExecution().getJobExecutionId())).toString(),
				this.cities.zones());
		WeatherAnalysis.Written written = this.spark.run(contribution.getStepExecution(), new AnalyseWeather(),
				request);
		CrashPoint.at("analyse.written");
		run.analysed(written);
		return RepeatStatus.FINISHED;
	}

}
