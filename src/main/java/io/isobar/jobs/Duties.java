package io.isobar.jobs;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * What one of several instances does at a time, and goes on doing for as long as it is
 * heard of: another one takes it over within the time of a lease.
 */
@Component
public class Duties {

	private static final Logger logger = LoggerFactory.getLogger(Duties.class);

	private final Map<String, Lease> mine = new ConcurrentHashMap<>();

	private final Leases leases;

	Duties(Leases leases) {
		this.leases = leases;
	}

	/**
	 * Whether a duty is this instance's. One that is nobody's becomes so.
	 * @throws DataAccessException if PostgreSQL can't say
	 */
	public boolean isMine(String duty) {
		Lease lease = this.mine.get(duty);
		if (lease != null && this.leases.isHeld(lease)) {
			return true;
		}
		this.mine.remove(duty);
		this.leases.take(duty).ifPresent((taken) -> this.mine.put(duty, taken));
		return this.mine.containsKey(duty);
	}

	/** Leaves a duty to the others, if it is this instance's. */
	public void giveUp(String duty) {
		Lease lease = this.mine.remove(duty);
		if (lease != null) {
			try {
				this.leases.release(lease);
			}
			catch (DataAccessException | TransactionException ex) {
				logger.debug("Lease {} is not given back, but runs out", lease, ex);
			}
		}
	}

}
