package io.isobar.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import io.isobar.embedded.EmbeddedStores;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Instances that want the same lease. */
class LeasesIT {

	private static final String NAME = "weather_batch_processing";

	private static DataSource database;

	private JdbcClient jdbc;

	private TransactionTemplate transaction;

	private Leases one;

	private Leases other;

	@BeforeAll
	static void migrate() {
		JdbcConnectionDetails details = EmbeddedStores.postgresql("leases");
		database = new DriverManagerDataSource(details.getJdbcUrl(), details.getUsername(), details.getPassword());
		Flyway.configure().dataSource(database).load().migrate();
		JdbcClient.create(database).sql("create table written (by text)").update();
	}

	@BeforeEach
	void instances() {
		this.jdbc = JdbcClient.create(database);
		this.transaction = new TransactionTemplate(new DataSourceTransactionManager(database));
		this.jdbc.sql("delete from lease").update();
		this.jdbc.sql("delete from written").update();
		this.one = instance("one", false);
		this.other = instance("other", false);
	}

	@Test
	void ofManyWhoWantItAtOnceOneGetsIt() throws Exception {
		List<Callable<Optional<Lease>>> takers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			Leases instance = instance("instance " + i, false);
			takers.add(() -> instance.take(NAME));
		}
		ExecutorService threads = Executors.newFixedThreadPool(10);
		try {
			List<Lease> taken = new ArrayList<>();
			for (Future<Optional<Lease>> taker : threads.invokeAll(takers)) {
				taker.get().ifPresent(taken::add);
			}

			assertThat(taken).hasSize(1);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whileItIsHeldNobodyElseGetsIt() {
		Lease lease = this.one.take(NAME).orElseThrow();

		assertThat(this.other.take(NAME)).isEmpty();

		this.one.release(lease);

		assertThat(this.other.take(NAME)).isPresent();
	}

	@Test
	void oneThatHasRunOutIsTakenWithALargerNumber() {
		Lease lease = this.one.take(NAME).orElseThrow();
		runsOut();

		Lease taken = this.other.take(NAME).orElseThrow();

		assertThat(taken.number()).isGreaterThan(lease.number());
		assertThat(this.one.isHeld(lease)).isFalse();
		assertThat(this.one.renew()).containsExactly(lease);
		assertThat(this.one.renew()).isEmpty();
		assertThat(this.other.renew()).isEmpty();
	}

	@Test
	void oneThatHasRunOutIsStillItsHoldersUntilSomebodyTakesIt() {
		Lease lease = this.one.take(NAME).orElseThrow();
		runsOut();

		assertThat(this.one.states().get(NAME).isOver()).isTrue();
		assertThat(this.one.renew()).isEmpty();
		assertThat(this.one.states().get(NAME).isOver()).isFalse();
		assertThat(this.one.isHeld(lease)).isTrue();
		assertThat(this.other.take(NAME)).isEmpty();
	}

	@Test
	void whoHasLostItGivesNothingBack() {
		Lease lease = this.one.take(NAME).orElseThrow();
		runsOut();
		Lease taken = this.other.take(NAME).orElseThrow();

		this.one.release(lease);

		assertThat(this.other.isHeld(taken)).isTrue();
	}

	@Test
	void whoHasLostItDoesNotPass() {
		Lease lease = this.one.take(NAME).orElseThrow();
		assertThat(passes(this.one, lease)).isTrue();
		runsOut();
		Lease taken = this.other.take(NAME).orElseThrow();

		assertThat(passes(this.one, lease)).isFalse();
		assertThat(passes(this.other, taken)).isTrue();
	}

	@Test
	void outsideOfATransactionNobodyPasses() {
		Lease lease = this.one.take(NAME).orElseThrow();

		assertThatIllegalStateException().isThrownBy(() -> this.one.pass(lease));
	}

	@Test
	void whatALoserHasBegunToWriteIsNeverWrittenAndHoldsUpNobody() throws Exception {
		Lease lease = this.one.take(NAME).orElseThrow();
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch paused = new CountDownLatch(1);
		CompletableFuture<Throwable> loser = CompletableFuture
			.supplyAsync(() -> catchThrowable(() -> this.transaction.executeWithoutResult((status) -> {
				this.one.pass(lease);
				write("one");
				begun.countDown();
				await(paused);
			})));
		begun.await();
		runsOut();

		Lease taken = this.other.take(NAME).orElseThrow();
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.other.pass(taken)).isTrue();
			write("other");
		});
		paused.countDown();

		assertThat(loser.get()).isInstanceOfAny(DataAccessException.class, TransactionException.class);
		assertThat(this.jdbc.sql("select by from written").query(String.class).list()).containsExactly("other");
	}

	@Test
	void leasesOfOtherNamesAreInNobodysWay() throws Exception {
		Lease first = this.one.take("weather_import 1").orElseThrow();
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch paused = new CountDownLatch(1);
		CompletableFuture<Void> writing = CompletableFuture
			.runAsync(() -> this.transaction.executeWithoutResult((status) -> {
				this.one.pass(first);
				begun.countDown();
				await(paused);
				write("one");
			}));
		begun.await();

		assertThat(this.other.take("weather_import 2")).isPresent();
		assertThat(this.one.renew()).isEmpty();
		paused.countDown();

		writing.get();
		assertThat(this.jdbc.sql("select by from written").query(String.class).list()).containsExactly("one");
	}

	@Test
	void anInstallationThatStartsAnewGivesBackItsOwn() {
		Leases before = instance("embedded", true);
		before.take(NAME).orElseThrow();
		Lease others = this.other.take("weather_import 1").orElseThrow();

		Leases now = instance("embedded", true);
		now.releaseEarlier();

		assertThat(now.take(NAME)).isPresent();
		assertThat(this.other.isHeld(others)).isTrue();
	}

	@Test
	void whoIsPausedWhileItLaunchesHoldsUpOthersForAWhileOnly() throws Exception {
		LaunchLock lock = new LaunchLock(database, Duration.ofMillis(20), Duration.ofMillis(200));
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch paused = new CountDownLatch(1);
		CompletableFuture<Throwable> loser = CompletableFuture
			.supplyAsync(() -> catchThrowable(() -> new LaunchLock(database).holding(() -> {
				begun.countDown();
				await(paused);
				return true;
			})));
		begun.await();

		assertThat(catchThrowable(() -> lock.holding(() -> true))).isInstanceOf(JobRefusal.AlreadyRunning.class);
		Awaitility.await()
			.ignoreExceptionsInstanceOf(JobRefusal.AlreadyRunning.class)
			.until(() -> lock.holding(() -> true));
		paused.countDown();

		assertThat(loser.get()).isInstanceOf(DataAccessException.class);
	}

	private Leases instance(String name, boolean alone) {
		return new Leases(this.jdbc, Objects.requireNonNull(this.transaction.getTransactionManager()),
				new LeaseHolder(name, "process " + System.nanoTime(), alone),
				new JobSettings(3, Duration.ZERO, 1, Duration.ZERO, Duration.ofMinutes(10), Duration.ZERO));
	}

	private boolean passes(Leases instance, Lease lease) {
		return Boolean.TRUE.equals(this.transaction.execute((status) -> instance.pass(lease)));
	}

	/** PostgreSQL's clock goes on. */
	private void runsOut() {
		this.jdbc.sql("update lease set until = clock_timestamp() - interval '1 s'").update();
	}

	private void write(String by) {
		this.jdbc.sql("insert into written values (:by)").param("by", by).update();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
