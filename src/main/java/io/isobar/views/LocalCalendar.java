package io.isobar.views;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Local days and slots of one zone. A slot is one local hour: it begins at the instant at
 * which that hour began, at the offset then valid and not before the last clock change;
 * so the hour that is repeated in autumn is two slots. Instants are seconds since 1970,
 * days are days since 1970. Remembers the offset it met last: not thread-safe.
 */
public final class LocalCalendar {

	private static final long HOUR = 3600;

	private static final long DAY = 86400;

	private static final int HOURS = 24;

	private final ZoneRules rules;

	/** The span [from, to) in which {@link #offset} holds. */
	private long from = 1;

	private long to = 0;

	private long offset;

	public LocalCalendar(ZoneId zone) {
		this.rules = zone.getRules();
	}

	/** When the slot began that holds this instant. */
	public long slotStart(long epochSecond) {
		locate(epochSecond);
		long hour = Math.floorDiv(epochSecond + this.offset, HOUR) * HOUR - this.offset;
		return Math.max(hour, this.from);
	}

	/** When the slot ends that begins at this instant. */
	public long slotEnd(long slotStart) {
		locate(slotStart);
		long hour = (Math.floorDiv(slotStart + this.offset, HOUR) + 1) * HOUR - this.offset;
		return Math.min(hour, this.to);
	}

	/** The local day of the instant. */
	public long dayOf(long epochSecond) {
		locate(epochSecond);
		return Math.floorDiv(epochSecond + this.offset, DAY);
	}

	/**
	 * The first instant of the local day (or, for a day that was skipped, the instant at
	 * which it was skipped).
	 */
	public long dayStart(long epochDay) {
		LocalDateTime midnight = LocalDate.ofEpochDay(epochDay).atStartOfDay();
		ZoneOffsetTransition transition = this.rules.getTransition(midnight);
		if (transition != null && transition.isGap()) {
			return transition.toEpochSecond();
		}
		return midnight.toEpochSecond(this.rules.getValidOffsets(midnight).get(0));
	}

	/**
	 * The instant from which on no reading belongs to the local day any more. Later than
	 * the start of the next day where clocks went back over midnight.
	 */
	public long dayEnd(long epochDay) {
		LocalDateTime midnight = LocalDate.ofEpochDay(epochDay + 1).atStartOfDay();
		ZoneOffsetTransition transition = this.rules.getTransition(midnight);
		if (transition != null && transition.isGap()) {
			return transition.toEpochSecond();
		}
		List<ZoneOffset> offsets = this.rules.getValidOffsets(midnight);
		long end = midnight.toEpochSecond(offsets.get(offsets.size() - 1));
		// Clocks that went back from midnight to 23:00: the overlap ends at midnight and
		// does not contain it
		ZoneOffsetTransition before = this.rules.previousTransition(Instant.ofEpochSecond(end + 1));
		return (before != null && before.isOverlap() && before.getDateTimeBefore().isEqual(midnight))
				? midnight.toEpochSecond(before.getOffsetAfter()) : end;
	}

	/**
	 * How many slots the local day has: 24, with clock changes 23 or 25, none where the
	 * day was skipped.
	 */
	public int expectedSlots(long epochDay) {
		locate(epochDay * DAY);
		if ((epochDay - 2) * DAY > this.from && (epochDay + 3) * DAY < this.to) {
			// No clock changes anywhere near
			return HOURS;
		}
		int slots = 0;
		long end = dayEnd(epochDay);
		for (long slot = dayStart(epochDay); slot < end; slot = slotEnd(slot)) {
			if (dayOf(slot) == epochDay) {
				slots++;
			}
		}
		return slots;
	}

	private void locate(long epochSecond) {
		if (epochSecond >= this.from && epochSecond < this.to) {
			return;
		}
		Instant instant = Instant.ofEpochSecond(epochSecond);
		this.offset = this.rules.getOffset(instant).getTotalSeconds();
		// The transition at this very instant has happened
		this.from = second(this.rules.previousTransition(instant.plusSeconds(1)), Long.MIN_VALUE);
		this.to = second(this.rules.nextTransition(instant), Long.MAX_VALUE);
	}

	private static long second(@Nullable ZoneOffsetTransition transition, long otherwise) {
		return (transition != null) ? transition.toEpochSecond() : otherwise;
	}

}
