package io.isobar.jobs;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.core.task.TaskDecorator;

/**
 * Gives the threads of a parallel step the log context of the job that starts them, so
 * that their log lines belong to its execution.
 */
public final class LogContext implements TaskDecorator {

	@Override
	public Runnable decorate(Runnable work) {
		Map<String, String> context = MDC.getCopyOfContextMap();
		return () -> {
			Map<String, String> before = MDC.getCopyOfContextMap();
			set(context);
			try {
				work.run();
			}
			finally {
				set(before);
			}
		};
	}

	private static void set(@Nullable Map<String, String> context) {
		if (context != null) {
			MDC.setContextMap(context);
		}
		else {
			MDC.clear();
		}
	}

}
