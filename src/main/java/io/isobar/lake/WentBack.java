package io.isobar.lake;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** A table holds less of the stream than it held: it was restored from an older copy. */
public final class WentBack extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final transient Map<StreamPart, Long> there;

	WentBack(Map<StreamPart, Long> there) {
		super("The lake was restored from an older copy, and what lies between is to be read again: it is at " + there);
		this.there = Map.copyOf(there);
	}

	/** There is no table any more that held something of these partitions. */
	static WentBack toNothing(Collection<StreamPart> parts) {
		return new WentBack(parts.stream().collect(Collectors.toMap((part) -> part, (part) -> 0L)));
	}

	/** The offset of the next message, of each partition of which it holds less. */
	public Map<StreamPart, Long> there() {
		return this.there;
	}

}
