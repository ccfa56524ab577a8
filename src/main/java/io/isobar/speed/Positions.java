package io.isobar.speed;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The offset that comes next, of each partition that one set of consumers reads. The next
 * set has its own: the topic may be another by then, and a write of the one before may
 * still end.
 */
final class Positions {

	private final Map<Integer, Long> next = new ConcurrentHashMap<>();

	void next(int partition, long offset) {
		this.next.put(partition, offset);
	}

	/** It is somebody else's now. */
	void forget(int partition) {
		this.next.remove(partition);
	}

	/** Whether the store has a message already. */
	boolean isBehind(int partition, long offset) {
		return offset < this.next.getOrDefault(partition, 0L);
	}

	boolean isEmpty() {
		return this.next.isEmpty();
	}

	Set<Integer> partitions() {
		return Set.copyOf(this.next.keySet());
	}

	/** How many messages come before the ends of the partitions. */
	long missing(Map<Integer, Long> ends) {
		long missing = 0;
		for (Map.Entry<Integer, Long> each : this.next.entrySet()) {
			missing += Math.max(0, ends.getOrDefault(each.getKey(), 0L) - each.getValue());
		}
		return missing;
	}

}
