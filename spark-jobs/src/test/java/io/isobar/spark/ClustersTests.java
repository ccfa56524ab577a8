package io.isobar.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClustersTests {

	/** Paris and Oslo together are just half a deviation from the mean wind: calm. */
	private static final double[][] VALUES = { { 10, 80, 2, Double.NaN }, { 10.5, 82, 2.25, 3 },
			{ 30, 60, 7.5, 9.25 } };

	@Test
	void citiesThatResembleEachOtherAreOneGroup() {
		assertThat(groups(VALUES)).containsExactly("Paris 1 cool, little rain, humid, calm",
				"Oslo 1 cool, little rain, humid, calm", "Delhi 0 warm, rainy, dry air, windy");
	}

	/** What is computed anew and what is merged differ by the last digits of sums. */
	@Test
	void theOrderInWhichMeansWereAddedUpChangesNothing() {
		Random random = new Random(1);
		Set<List<String>> all = IntStream.range(0, 100)
			.mapToObj((i) -> Arrays.stream(VALUES)
				.map((city) -> Arrays.stream(city)
					.map((value) -> value * (1 + random.nextInt(-5, 6) * 1e-15))
					.toArray())
				.toArray(double[][]::new))
			.map(ClustersTests::groups)
			.collect(Collectors.toSet());

		assertThat(all).containsExactly(groups(VALUES));
	}

	/** City, cluster and label of each. */
	private static List<String> groups(double[][] values) {
		List<String> names = List.of("Paris", "Oslo", "Delhi");
		return Clusters
			.of(IntStream.range(0, values.length)
				.mapToObj((i) -> new Clusters.Profile(names.get(i), values[i]))
				.toList())
			.stream()
			.map((member) -> "%s %d %s".formatted(member.profile().city(), member.cluster(), member.label()))
			.toList();
	}

}
