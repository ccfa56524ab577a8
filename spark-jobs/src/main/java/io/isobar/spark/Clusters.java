package io.isobar.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

import org.hipparchus.clustering.CentroidCluster;
import org.hipparchus.clustering.Clusterable;
import org.hipparchus.clustering.KMeansPlusPlusClusterer;
import org.hipparchus.clustering.MultiKMeansPlusPlusClusterer;
import org.hipparchus.clustering.distance.EuclideanDistance;
import org.hipparchus.random.Well19937c;

/**
 * Groups of cities that resemble each other: k-means on their standardised profiles, on
 * the driver, as there are only as many rows as cities. Seeded, so the same profiles give
 * the same groups.
 */
public final class Clusters {

	/** Names of the dimensions for a high and a low value. */
	private static final List<String[]> WORDS = List.of(new String[] { "warm", "cool" },
			new String[] { "humid", "dry air" }, new String[] { "rainy", "little rain" },
			new String[] { "windy", "calm" });

	private static final int MOST_CLUSTERS = 8;

	private static final int SEED = 42;

	private static final int TRIALS = 10;

	/**
	 * Means are no finer than 1 / this: in which order they were added up must not decide
	 * on which side of a limit a city is. A power of two, so that no mean of few decimals
	 * lies half way between two steps.
	 */
	private static final double STEPS = 1 << 30;

	/**
	 * A city's means; NaN where nothing was measured.
	 *
	 * @param values temperature, humidity, precipitation, wind speed
	 */
	public record Profile(String city, double[] values) {
	}

	/**
	 * Where a city belongs.
	 *
	 * @param cluster from 0, in the order of the clusters' mean temperature, warmest
	 * first
	 * @param label what sets the cluster apart, in words
	 * @param silhouette of the whole grouping, -1…1; NaN where there is only one cluster
	 */
	public record Member(Profile profile, int cluster, String label, double silhouette) {
	}

	private record Point(Profile profile, double[] point) implements Clusterable {

		@Override
		public double[] getPoint() {
			return this.point;
		}

	}

	private record Grouping(List<CentroidCluster<Point>> clusters, double silhouette) {
	}

	private Clusters() {
	}

	/** The cluster of each city, in the order of the profiles. */
	public static List<Member> of(List<Profile> profiles) {
		List<Point> points = standardised(profiles);
		Grouping best = best(points);
		List<CentroidCluster<Point>> ordered = best.clusters()
			.stream()
			.sorted((first, second) -> Double.compare(second.getCenter().getPoint()[0],
					first.getCenter().getPoint()[0]))
			.toList();
		List<Member> members = new ArrayList<>();
		for (Point point : points) {
			int cluster = IntStream.range(0, ordered.size())
				.filter((i) -> ordered.get(i).getPoints().contains(point))
				.findFirst()
				.orElseThrow();
			members.add(new Member(point.profile(), cluster, label(ordered.get(cluster)), best.silhouette()));
		}
		return members;
	}

	/**
	 * Tries every number of clusters and keeps the clearest grouping; few cities are one
	 * group.
	 */
	private static Grouping best(List<Point> points) {
		Grouping best = new Grouping(List.of(single(points)), Double.NaN);
		if (points.isEmpty()) {
			return new Grouping(List.of(), Double.NaN);
		}
		for (int k = 2; k < Math.min(points.size(), MOST_CLUSTERS + 1); k++) {
			List<CentroidCluster<Point>> clusters = new MultiKMeansPlusPlusClusterer<>(
					new KMeansPlusPlusClusterer<Point>(k, 1000, new EuclideanDistance(), new Well19937c(SEED)), TRIALS)
				.cluster(points);
			double silhouette = silhouette(clusters);
			if (!(silhouette <= best.silhouette())) {
				best = new Grouping(clusters, silhouette);
			}
		}
		return best;
	}

	private static CentroidCluster<Point> single(List<Point> points) {
		CentroidCluster<Point> cluster = new CentroidCluster<>(() -> new double[WORDS.size()]);
		points.forEach(cluster::addPoint);
		return cluster;
	}

	/**
	 * Each dimension with mean 0 and deviation 1, so that none outweighs another; what is
	 * missing is average.
	 */
	private static List<Point> standardised(List<Profile> profiles) {
		int dimensions = WORDS.size();
		double[] means = new double[dimensions];
		double[] deviations = new double[dimensions];
		for (int i = 0; i < dimensions; i++) {
			int dimension = i;
			double[] known = profiles.stream()
				.mapToDouble((profile) -> value(profile, dimension))
				.filter((value) -> !Double.isNaN(value))
				.toArray();
			OptionalDouble mean = Arrays.stream(known).average();
			means[i] = mean.orElse(0);
			deviations[i] = Math.sqrt(Arrays.stream(known)
				.map((value) -> (value - means[dimension]) * (value - means[dimension]))
				.average()
				.orElse(0));
		}
		return profiles.stream().map((profile) -> {
			double[] point = new double[dimensions];
			for (int i = 0; i < dimensions; i++) {
				double value = value(profile, i);
				point[i] = (Double.isNaN(value) || deviations[i] == 0) ? 0 : (value - means[i]) / deviations[i];
			}
			return new Point(profile, point);
		}).toList();
	}

	private static double value(Profile profile, int dimension) {
		return Math.rint(profile.values()[dimension] * STEPS) / STEPS;
	}

	/**
	 * Mean over all cities of how much nearer a city is to its own cluster than to the
	 * next one.
	 */
	private static double silhouette(List<CentroidCluster<Point>> clusters) {
		double sum = 0;
		int count = 0;
		for (CentroidCluster<Point> own : clusters) {
			for (Point point : own.getPoints()) {
				count++;
				if (own.getPoints().size() == 1) {
					continue;
				}
				double inside = meanDistance(point, own) * own.getPoints().size() / (own.getPoints().size() - 1);
				double outside = clusters.stream()
					.filter((other) -> other != own)
					.mapToDouble((other) -> meanDistance(point, other))
					.min()
					.orElse(0);
				double larger = Math.max(inside, outside);
				sum += (larger > 0) ? (outside - inside) / larger : 0;
			}
		}
		return sum / count;
	}

	private static double meanDistance(Point point, CentroidCluster<Point> cluster) {
		EuclideanDistance distance = new EuclideanDistance();
		return cluster.getPoints()
			.stream()
			.mapToDouble((other) -> distance.compute(point.getPoint(), other.getPoint()))
			.average()
			.orElse(0);
	}

	/**
	 * What is far from the average of all cities, strongest first: {@code warm, calm}.
	 */
	private static String label(CentroidCluster<Point> cluster) {
		double[] center = cluster.getCenter().getPoint();
		List<String> words = IntStream.range(0, center.length)
			.boxed()
			.filter((i) -> Math.abs(center[i]) >= 0.5)
			.sorted((first, second) -> Double.compare(Math.abs(center[second]), Math.abs(center[first])))
			.map((i) -> WORDS.get(i)[(center[i] > 0) ? 0 : 1])
			.toList();
		return words.isEmpty() ? "average" : String.join(", ", words);
	}

}
