package io.isobar.spark;

import java.io.IOException;
import java.util.function.DoubleConsumer;

import org.apache.spark.sql.classic.SparkSession;

/** The {@link WeatherAnalysis}, as a job and as a program for a cluster. */
public final class AnalyseWeather implements SparkJob<WeatherAnalysis.Request, WeatherAnalysis.Written> {

	public static void main(String[] arguments) throws Exception {
		Driver.run(new AnalyseWeather(), arguments);
	}

	@Override
	public String name() {
		return "analyse weather";
	}

	@Override
	public Class<WeatherAnalysis.Request> request() {
		return WeatherAnalysis.Request.class;
	}

	@Override
	public Class<WeatherAnalysis.Written> result() {
		return WeatherAnalysis.Written.class;
	}

	@Override
	public WeatherAnalysis.Written run(SparkSession spark, WeatherAnalysis.Request request, DoubleConsumer progress)
			throws IOException {
		return WeatherAnalysis.run(spark, request, progress);
	}

}
