package io.isobar.serving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class CoalescedTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final String AWAY = "away";

	/** What is under way ends when it is given an answer. */
	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private final Coalesced<String, String> coalesced = new Coalesced<>((key) -> {
		this.asked.add(key);
		try {
			String answer = this.answers.take();
			if (answer.equals(AWAY)) {
				throw new IllegalStateException(AWAY);
			}
			return answer;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	});

	private final ExecutorService people = Executors.newCachedThreadPool();

	@AfterEach
	void end() {
		this.people.shutdownNow();
	}

	@Test
	void whoAsksWhileAQuestionIsUnderWaySharesTheNextOneWithTheOthers() {
		CompletableFuture<String> first = ask("Paris");
		List<CompletableFuture<String>> others = othersAskMeanwhile();

		this.answers.add("before");
		this.answers.add("after");

		assertThat(first).succeedsWithin(LONG).isEqualTo("before");
		assertThat(others).allSatisfy((other) -> assertThat(other).succeedsWithin(LONG).isEqualTo("after"));
		assertThat(this.asked).hasSize(2);
	}

	@Test
	void whoAsksLaterIsNotToldOfWhatWasBefore() {
		this.answers.add("before");
		assertThat(this.coalesced.ask("Paris")).isEqualTo("before");

		this.answers.add("after");

		assertThat(this.coalesced.ask("Paris")).isEqualTo("after");
	}

	@Test
	void anotherQuestionWaitsForNobody() {
		CompletableFuture<String> first = ask("Paris");
		await().until(() -> this.asked.size() == 1);
		CompletableFuture<String> other = ask("Lyon");
		await().until(() -> this.asked.size() == 2);

		this.answers.add("one");
		this.answers.add("another");

		assertThat(List.of(first, other)).allSatisfy((each) -> assertThat(each).succeedsWithin(LONG));
		assertThat(this.asked).containsExactly("Paris", "Lyon");
	}

	@Test
	void whoAsksWithinAQuestionIsAnswered() {
		AtomicReference<Coalesced<String, String>> itself = new AtomicReference<>();
		List<String> within = new ArrayList<>();
		itself.set(new Coalesced<>((key) -> {
			within.add(key);
			return (within.size() == 1) ? itself.get().ask(key) + "!" : key;
		}));

		assertThat(itself.get().ask("Paris")).isEqualTo("Paris!");
	}

	@Test
	void thoseWhoAskOneAfterTheOtherAreEachToldOfAQuestionBegunAfterTheyAsked() {
		AtomicInteger state = new AtomicInteger();
		Coalesced<String, Integer> counted = new Coalesced<>((key) -> state.get());
		List<CompletableFuture<Boolean>> askers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			askers.add(CompletableFuture.supplyAsync(() -> {
				boolean never = true;
				for (int question = 0; question < 10_000; question++) {
					int now = state.incrementAndGet();
					never &= counted.ask("Paris") >= now;
				}
				return never;
			}, this.people));
		}

		assertThat(askers).allSatisfy((asker) -> assertThat(asker).succeedsWithin(LONG).isEqualTo(true));
	}

	@Test
	void aFailureIsToldToWhoAskedAndTheNextOneAsksAgain() {
		AtomicInteger attempts = new AtomicInteger();
		Coalesced<String, String> failing = new Coalesced<>((key) -> {
			if (attempts.incrementAndGet() == 1) {
				throw new IllegalStateException("away");
			}
			return "there";
		});

		assertThatThrownBy(() -> failing.ask("Paris")).hasMessage("away");

		assertThat(failing.ask("Paris")).isEqualTo("there");
	}

	@Test
	void aFailureIsToldToAllWhoWait() {
		CompletableFuture<String> first = ask("Paris");
		List<CompletableFuture<String>> others = othersAskMeanwhile();

		this.answers.add(AWAY);
		this.answers.add(AWAY);

		assertThat(first).failsWithin(LONG);
		assertThat(others).allSatisfy((other) -> assertThat(other).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withMessageContaining("away"));
		assertThat(this.asked).hasSize(2);
	}

	/** When a question is under way, fifteen others ask the same one, and wait. */
	private List<CompletableFuture<String>> othersAskMeanwhile() {
		await().until(() -> this.asked.size() == 1);
		List<CompletableFuture<String>> others = new ArrayList<>();
		for (int i = 0; i < 15; i++) {
			others.add(ask("Paris"));
		}
		await().until(() -> waiting() == 15);
		return others;
	}

	private CompletableFuture<String> ask(String city) {
		return CompletableFuture.supplyAsync(() -> this.coalesced.ask(city), this.people);
	}

	/** How many wait for one that is under way. */
	private long waiting() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((frames) -> frames.length > 0 && frames[0].getMethodName().equals("park")
					&& List.of(frames).stream().anyMatch((frame) -> frame.getMethodName().equals("join"))
					&& List.of(frames)
						.stream()
						.anyMatch((frame) -> frame.getClassName().equals(Coalesced.class.getName())))
			.count();
	}

}
