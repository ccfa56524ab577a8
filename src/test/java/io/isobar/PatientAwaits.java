package io.isobar;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A state that comes late on a busy machine has come all the same: only one that never
 * comes fails a test. For every test, by JUnit's registration of extensions as services.
 */
public final class PatientAwaits implements BeforeAllCallback {

	private static final Duration LONG = Duration.ofMinutes(3);

	@Override
	public void beforeAll(ExtensionContext context) {
		Awaitility.setDefaultTimeout(LONG);
	}

}
