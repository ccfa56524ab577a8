package io.isobar.speed;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import io.isobar.lake.StreamPart;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** A sink waits for its own store only: not for the table of gaps, once that was read. */
class GapsTests {

	private static final Incarnation TOPIC = new Incarnation("weather", Uuid.ONE_UUID, 0);

	private final AtomicLong now = new AtomicLong();

	private final Gaps.LostEnd lost = new Gaps.LostEnd(new TopicPartition("weather", 1), 10, 5);

	private volatile List<Gaps.LostEnd> inDatabase = List.of(this.lost);

	private final CountDownLatch forEver = new CountDownLatch(1);

	private volatile Runnable database = () -> {
	};

	@SuppressWarnings("NullAway")
	private final Gaps gaps = new Gaps(null, this.now::get) {

		@Override
		List<LostEnd> read(String sink, String topic, int incarnation) {
			List<LostEnd> found = GapsTests.this.inDatabase;
			GapsTests.this.database.run();
			return found;
		}

		@Override
		boolean isOpen(String sink, Incarnation incarnation) {
			GapsTests.this.database.run();
			return !GapsTests.this.inDatabase.isEmpty();
		}

		@Override
		void insert(String sink, StreamPart part, long expected, long available) {
			GapsTests.this.database.run();
		}

	};

	@AfterEach
	void end() {
		this.forEver.countDown();
	}

	@Test
	void aDatabaseThatRefusesIsNotWaitedForOnceItHasAnswered() {
		assertThat(this.gaps.lostEnds("lake", TOPIC)).containsExactly(this.lost);

		this.database = GapsTests::refuse;

		assertThat(this.gaps.lostEnds("lake", TOPIC)).containsExactly(this.lost);
	}

	@Test
	void norIsOneThatDoesNotAnswer() {
		this.gaps.lostEnds("lake", TOPIC);

		this.database = this::hang;

		assertThat(this.gaps.lostEnds("lake", TOPIC)).containsExactly(this.lost);
	}

	@Test
	void whatOthersNoteMeanwhileIsRememberedEveryNowAndThen() {
		this.gaps.lostEnds("lake", TOPIC);
		Gaps.LostEnd another = new Gaps.LostEnd(new TopicPartition("weather", 2), 9, 4);
		this.inDatabase = List.of(another);

		this.gaps.remember();
		this.now.addAndGet(Duration.ofSeconds(31).toNanos());
		this.gaps.remember().join();
		this.database = GapsTests::refuse;

		assertThat(this.gaps.lostEnds("lake", TOPIC)).containsExactly(another);
	}

	@Test
	void whatIsNotedIsRememberedAtOnce() {
		this.inDatabase = List.of();
		this.gaps.lostEnds("lake", TOPIC);
		this.gaps.note("lake", TOPIC.part(1), 10, 5);

		this.database = GapsTests::refuse;

		assertThat(this.gaps.lostEnds("lake", TOPIC)).containsExactly(this.lost);
	}

	@Test
	void anAnswerThatIsOlderThanWhatWasNotedIsNotBelieved() {
		this.inDatabase = List.of();
		this.gaps.lostEnds("lake", TOPIC);
		this.database = () -> {
			this.database = () -> {
			};
			this.gaps.note("lake", TOPIC.part(1), 10, 5);
		};

		assertThat(this.gaps.lostEnds("lake", TOPIC)).containsExactly(this.lost);
	}

	@Test
	void beforeItHasAnsweredNobodyKnowsWhereToGoOn() {
		this.database = GapsTests::refuse;

		assertThatThrownBy(() -> this.gaps.lostEnds("lake", TOPIC)).hasMessageContaining("can't be read");
	}

	@Test
	@Timeout(60)
	void whileTheDatabaseDoesNotAnswerASinkWaitsForItsPersonAndNobodyWaitsForTheDatabase() {
		this.database = this::hang;
		assertThat(this.gaps.isSettled("lake", TOPIC)).isFalse();
		assertThat(this.gaps.isSettled("lake", TOPIC)).isFalse();

		this.inDatabase = List.of();
		this.forEver.countDown();
		await().until(() -> this.gaps.isSettled("lake", TOPIC));
	}

	@Test
	void aDatabaseThatRefusesSettlesNothing() {
		this.database = GapsTests::refuse;

		await().during(Duration.ofMillis(100)).until(() -> !this.gaps.isSettled("lake", TOPIC));
	}

	private static void refuse() {
		throw new DataAccessResourceFailureException("refused");
	}

	private void hang() {
		try {
			this.forEver.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
