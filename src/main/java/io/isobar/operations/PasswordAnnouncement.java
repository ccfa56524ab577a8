package io.isobar.operations;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

/** Shows generated passwords once, as the last thing that the start prints. */
final class PasswordAnnouncement {

	/** Right after the table of ports, which has 0. */
	static final int ORDER = 1;

	private final Passwords passwords;

	PasswordAnnouncement(Passwords passwords) {
		this.passwords = passwords;
	}

	@EventListener(ApplicationReadyEvent.class)
	@Order(ORDER)
	void print() {
		String announcement = this.passwords.announcement();
		if (!announcement.isEmpty()) {
			// Not a log line: a log is kept, and read by others
			System.out.println(announcement);
		}
	}

}
