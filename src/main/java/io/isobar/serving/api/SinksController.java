package io.isobar.serving.api;

import java.security.Principal;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import io.isobar.speed.ConditionalOnSpeed;
import io.isobar.speed.SpeedSinks;
import io.isobar.web.Problems;

/** How the sinks of the stream are doing, in this instance. */
@RestController
@ConditionalOnSpeed
class SinksController {

	private final SpeedSinks sinks;

	SinksController(SpeedSinks sinks) {
		this.sinks = sinks;
	}

	@GetMapping("/api/speed/sinks")
	List<SpeedSinks.Doing> sinks() {
		return this.sinks.doing();
	}

	/** A sink goes on without what Kafka no longer has. */
	@PutMapping("/api/speed/sinks/{sink}")
	List<SpeedSinks.Doing> accept(@PathVariable String sink, @RequestParam("accept-gap") boolean accept,
			@Nullable Principal by) {
		if (!accept) {
			throw Problems.badParameter("accept-gap",
					"only true is possible. As long as nobody accepts the gap, the sink stands still.");
		}
		if (this.sinks.acceptGap(sink, (by != null) ? by.getName() : "anonymous").isEmpty()) {
			throw Problems.notFound("There is no sink %s. Possible: %s.".formatted(Problems.echo(sink),
					this.sinks.doing().stream().map(SpeedSinks.Doing::sink).collect(Collectors.joining(", "))));
		}
		return this.sinks.doing();
	}

}
