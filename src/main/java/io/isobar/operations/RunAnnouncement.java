package io.isobar.operations;

import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;

import io.isobar.batch.RunEnded;

/** Says in the log how a run ended, and where to look at what it has made. */
final class RunAnnouncement {

	private static final Logger logger = LoggerFactory.getLogger(RunAnnouncement.class);

	private final Supplier<String> address;

	/**
	 * @param address where people reach isobar
	 */
	RunAnnouncement(Supplier<String> address) {
		this.address = address;
	}

	@EventListener
	void say(RunEnded ended) {
		logger.info("{} See {}{}", ended.sentence(), this.address.get(), ended.path());
	}

}
