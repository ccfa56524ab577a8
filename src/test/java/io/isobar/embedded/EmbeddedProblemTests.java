package io.isobar.embedded;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedProblemTests {

	@Test
	void aProblemIsFoundUnderTheFailureOfABean() {
		EmbeddedProblem problem = new EmbeddedProblem("It is so.", "Do this.");

		FailureAnalysis analysis = new EmbeddedProblemAnalyzer()
			.analyze(new BeanCreationException("dataSource", "no", problem));

		assertThat(analysis.getDescription()).isEqualTo("It is so.");
		assertThat(analysis.getAction()).isEqualTo("Do this.");
	}

	@Test
	void aJdkThatIsTooNewIsRefusedWithTheReason() {
		assertThatThrownBy(() -> EmbeddedServers.checkJdk(24)).isInstanceOfSatisfying(EmbeddedProblem.class,
				(problem) -> {
					assertThat(problem.what()).contains("JDK 24").contains("SecurityManager");
					assertThat(problem.whatToDo()).contains("JAVA_HOME");
				});
		assertThatNoException().isThrownBy(() -> EmbeddedServers.checkJdk(17));
		assertThatNoException().isThrownBy(() -> EmbeddedServers.checkJdk(23));
	}

	@Test
	void theTableIsAligned() {
		assertThat(PortTable.aligned(List.of(List.of("a", "long one", "c"), List.of("abc", "b", ""))))
			.isEqualTo("a    long one  c\nabc  b\n");
	}

}
