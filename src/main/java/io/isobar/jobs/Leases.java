package io.isobar.jobs;

import java.sql.ResultSet;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.batch.core.job.DefaultJobKeyGenerator;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The leases, in PostgreSQL, by whose clock they run out. While one is held, no other
 * instance can take it; once another has taken it, nothing can be written under the old
 * one: a transaction that has begun is ended, a later one is refused.
 */
@Component
class Leases {

	/** The lock that all transactions under a lease share, and its taker waits for. */
	private static final String LOCK = "hashtextextended(:name, 0)";

	private static final DefaultJobKeyGenerator KEYS = new DefaultJobKeyGenerator();

	private final Set<Lease> held = ConcurrentHashMap.newKeySet();

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final LeaseHolder holder;

	private final double seconds;

	Leases(JdbcClient jdbc, PlatformTransactionManager transactions, LeaseHolder holder, JobSettings settings) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
		this.holder = holder;
		this.seconds = settings.lease().toNanos() / (double) Duration.ofSeconds(1).toNanos();
	}

	/**
	 * The name of the lease for an execution: a job that publishes has one for all, any
	 * other one for each of its instances.
	 */
	static String name(JobDescriptor job, JobParameters parameters) {
		return name(job.name(), job.publishes(), KEYS.generateKey(parameters));
	}

	static String name(String job, boolean publishes, String instanceKey) {
		return publishes ? job : job + " " + instanceKey;
	}

	/**
	 * Takes a lease that nobody has, or whose time has run out. What its last holder may
	 * still have begun to write has come to its end, one way or the other, when this
	 * returns.
	 */
	Optional<Lease> take(String name) {
		Optional<Lease> taken = this.jdbc.sql("""
				insert into lease (name, number, holder, until)
				values (:name, nextval('lease_number'), :holder, clock_timestamp() + :seconds * interval '1 s')
				on conflict (name) do update
				set number = excluded.number, holder = excluded.holder, until = excluded.until
				where lease.until < clock_timestamp()
				returning number
				""")
			.param("name", name)
			.param("holder", this.holder.text())
			.param("seconds", this.seconds)
			.query(Integer.class)
			.optional()
			.map((number) -> new Lease(name, number));
		taken.ifPresent((lease) -> {
			this.held.add(lease);
			try {
				endEarlierTransactions(name);
			}
			catch (RuntimeException ex) {
				release(lease);
				throw ex;
			}
		});
		return taken;
	}

	/**
	 * A process that is paused within a transaction keeps its locks, so PostgreSQL is
	 * asked to end that.
	 */
	private void endEarlierTransactions(String name) {
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.sql("""
					select pg_terminate_backend(pid) from pg_locks
					where locktype = 'advisory' and objsubid = 1 and pid <> pg_backend_pid()
					and database = (select oid from pg_database where datname = current_database())
					and (classid::bigint << 32 | objid::bigint) = %s
					""".formatted(LOCK)).param("name", name).query(Leases::nothing);
			this.jdbc.sql("set local lock_timeout = '20s'").update();
			this.jdbc.sql("select pg_advisory_xact_lock(%s)".formatted(LOCK))
				.param("name", name)
				.query(Leases::nothing);
		});
	}

	/**
	 * Lets a transaction pass that writes under a lease. It must be the transaction's
	 * first statement: until its end, nobody else writes under this name.
	 * @return false if the lease is lost
	 */
	boolean pass(Lease lease) {
		if (!TransactionSynchronizationManager.isActualTransactionActive()) {
			throw new IllegalStateException("There is no transaction to pass");
		}
		this.jdbc.sql("select pg_advisory_xact_lock_shared(%s)".formatted(LOCK))
			.param("name", lease.name())
			.query(Leases::nothing);
		return isHeld(lease);
	}

	/** Whether nobody has taken it since. */
	boolean isHeld(Lease lease) {
		return this.jdbc.sql("select count(*) from lease where name = :name and number = :number")
			.param("name", lease.name())
			.param("number", lease.number())
			.query(Integer.class)
			.single() > 0;
	}

	/**
	 * Renews all that are held here. One that has run out is renewed too, if nobody has
	 * taken it since: so PostgreSQL may be away for longer than a lease.
	 * @return those that are lost
	 */
	List<Lease> renew() {
		Set<Lease> renewed = Set.copyOf(this.held);
		if (renewed.isEmpty()) {
			return List.of();
		}
		Set<Integer> still = new HashSet<>(this.jdbc.sql("""
				update lease set until = clock_timestamp() + :seconds * interval '1 s'
				where number = any(:numbers) returning number
				""")
			.param("seconds", this.seconds)
			.param("numbers", renewed.stream().map(Lease::number).toArray(Integer[]::new))
			.query(Integer.class)
			.list());
		// What was given back in the meantime isn't lost
		return renewed.stream().filter((lease) -> !still.contains(lease.number())).filter(this.held::remove).toList();
	}

	/** Renews it no more. */
	void letRunOut(Lease lease) {
		this.held.remove(lease);
	}

	/** Gives a lease back, if it is still held. */
	void release(Lease lease) {
		this.held.remove(lease);
		this.jdbc.sql("delete from lease where name = :name and number = :number")
			.param("name", lease.name())
			.param("number", lease.number())
			.update();
	}

	/** Gives back what earlier processes of this installation have left. */
	void releaseEarlier() {
		if (this.holder.alone()) {
			this.jdbc.sql("delete from lease where starts_with(holder, :installation) and holder <> :holder")
				.param("installation", this.holder.installation() + " (")
				.param("holder", this.holder.text())
				.update();
		}
	}

	/** All leases by name, and whether their time has run out. */
	Map<String, State> states() {
		Map<String, State> states = new TreeMap<>();
		this.jdbc.sql("select name, number, until < clock_timestamp() as over from lease")
			.query((RowCallbackHandler) (row) -> states.put(row.getString("name"),
					new State(row.getInt("number"), row.getBoolean("over"))));
		return states;
	}

	record State(int number, boolean isOver) {

	}

	/** What a function returns that is called for what it does. */
	private static void nothing(ResultSet row) {
	}

}
