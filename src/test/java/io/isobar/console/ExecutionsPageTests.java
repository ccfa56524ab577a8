package io.isobar.console;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.isobar.batch.Generations;
import io.isobar.jobs.ExecutionFilter;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Executions;
import io.isobar.jobs.JobDescriptor;
import io.isobar.jobs.Jobs;
import io.isobar.jobs.SubmittedApplications;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.support.StaticMessageSource;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.ui.ExtendedModelMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

class ExecutionsPageTests {

	private final Jobs jobs = mock(Jobs.class);

	private final Executions executions = mock(Executions.class);

	static Stream<Arguments> names() {
		return Stream.of(arguments("orders_batch", "orders_batch"), arguments("\0", null), arguments("", null));
	}

	@ParameterizedTest
	@MethodSource("names")
	void postgresqlIsAskedForJobsThatThereAreOnly(String name, @Nullable String asked) {
		when(this.jobs.all()).thenReturn(List.of(JobDescriptor.of("orders_batch", "Counts orders.")));
		when(this.executions.page(any(), anyInt(), anyInt()))
			.thenReturn(new Executions.ExecutionPage(0, 25, 0, List.of()));
		StaticMessageSource messages = new StaticMessageSource();
		messages.setUseCodeAsDefaultMessage(true);
		MockHttpServletResponse response = new MockHttpServletResponse();

		new ExecutionsPage(this.jobs, this.executions, mock(ExecutionNotes.class), mock(SubmittedApplications.class),
				mock(Generations.class), messages)
			.list(name, "", "", "", 0, Instant.EPOCH, Locale.ENGLISH, new ExtendedModelMap(), response);

		assertThat(response.getStatus()).isEqualTo(200);
		verify(this.executions).page(new ExecutionFilter(asked, null, null, null), 0, 25);
	}

}
