package io.isobar.provider.file;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Turns the local times of one city into instants, in the order in which a file tells
 * them. Where clocks were set back an hour comes twice: the first time it is the earlier
 * one, from the moment at which the file's times do not advance the later one. A time
 * that clocks skipped does not exist.
 */
final class LocalClock {

	private @Nullable ZoneOffsetTransition overlap;

	private @Nullable LocalDateTime last;

	private boolean second;

	/**
	 * The instant of that local time.
	 * @throws RowRejected if clocks skipped it
	 */
	Instant instant(LocalDateTime local, ZoneId zone) throws RowRejected {
		List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
		if (offsets.size() == 1) {
			return local.toInstant(offsets.get(0));
		}
		if (offsets.isEmpty()) {
			throw gap(local, zone);
		}
		ZoneOffsetTransition transition = zone.getRules().getTransition(local);
		if (!transition.equals(this.overlap)) {
			this.overlap = transition;
			this.second = false;
		}
		else if (this.last != null && !local.isAfter(this.last)) {
			this.second = true;
		}
		this.last = local;
		return local.toInstant(offsets.get(this.second ? 1 : 0));
	}

	static RowRejected gap(LocalDateTime local, ZoneId zone) {
		return new RowRejected(
				"its time %s does not exist in %s: the clocks skipped it. If the file is in UTC, say so with `zone: UTC`."
					.formatted(local, zone));
	}

}
