package io.isobar.serving.dashboard;

import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;

import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

import io.isobar.serving.dashboard.Frame.Link;

import static org.assertj.core.api.Assertions.assertThat;

class FrameTests {

	private final MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();

	@Test
	void aLinkKeepsTheOtherParameters() {
		this.parameters.put("city", List.of("Paris, US", "Lyon+1"));
		this.parameters.add("page", "3");

		assertThat(frame("/live").with("page", 4)).isEqualTo("/live?city=Paris%2C+US&city=Lyon%2B1&page=4");
		assertThat(frame("/live").with("page", null)).isEqualTo("/live?city=Paris%2C+US&city=Lyon%2B1");
	}

	@Test
	void anAddressWithoutParametersHasNoQuestionMark() {
		assertThat(frame("/about").with("lang", null)).isEqualTo("/about");
	}

	@Test
	void aPageBelongsToTheLinkAboveIt() {
		Link overview = new Link("/", "nav.overview");
		Link jobs = new Link("/jobs", "nav.jobs");

		assertThat(frame("/jobs/executions/7").isIn(jobs)).isTrue();
		assertThat(frame("/jobsite").isIn(jobs)).isFalse();
		assertThat(frame("/jobs").isIn(overview)).isFalse();
		assertThat(frame("/").isIn(overview)).isTrue();
	}

	private Frame frame(String path) {
		return new Frame(Locale.ENGLISH, Theme.SYSTEM, path, this.parameters, null);
	}

}
