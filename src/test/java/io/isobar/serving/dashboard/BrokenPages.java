package io.isobar.serving.dashboard;

import java.io.IOException;
import java.time.Duration;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.ResponseStatusException;

import io.isobar.web.StoreUnavailable;

/** Pages that fail, each in its way. */
@Controller
class BrokenPages {

	@GetMapping("/cities/broken")
	String broken() {
		throw new IllegalStateException("secret");
	}

	@GetMapping("/cities/down")
	String down() {
		throw new StoreUnavailable("Cassandra", Duration.ofSeconds(30), null);
	}

	@GetMapping("/cities/throttled")
	void throttled(HttpServletResponse response) throws IOException {
		response.sendError(HttpStatus.TOO_MANY_REQUESTS.value());
	}

	@GetMapping("/cities/teapot")
	String teapot() {
		throw new ResponseStatusException(HttpStatus.I_AM_A_TEAPOT);
	}

}
