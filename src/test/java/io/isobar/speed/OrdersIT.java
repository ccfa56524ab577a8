package io.isobar.speed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import io.isobar.batch.Dataset;
import io.isobar.batch.Generation;
import io.isobar.batch.Generations;
import io.isobar.batch.JobRuns;
import io.isobar.batch.OrderTotals;
import io.isobar.embedded.EmbeddedStores;
import io.isobar.embedded.Faults;
import io.isobar.embedded.ForkedApplication;
import io.isobar.jobs.Execution;
import io.isobar.jobs.ExecutionNotes;
import io.isobar.jobs.Executions;
import io.isobar.jobs.Launches;
import io.isobar.lake.Lake;
import io.isobar.operations.Http;
import io.isobar.operations.Http.Answer;
import io.isobar.views.CustomerTotals.Total;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.batch.core.BatchStatus;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Orders, from the file and the form to the total that is served. */
@SpeedTest
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "isobar.embedded.database=orders", "isobar.lake.root=/orders-it",
				"isobar.speed.weather-topic=orders-it", "isobar.cassandra.keyspace=orders_it",
				"isobar.influx.bucket=orders_it", "isobar.speed.lake.flush-interval=PT0.5S",
				"isobar.speed.listeners.watch=PT0.3S", "isobar.jobs.delay=PT0.01S", "isobar.viewer.password=reads",
				"isobar.operator.password=operates", "isobar.admin.password=administers",
				"isobar.orders.history=lake:history" })
class OrdersIT {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final String[] OPERATOR = { "Authorization", Http.basic("operator", "operates"), "Content-Type",
			"application/json" };

	/**
	 * Where a kill of {@code orders_batch} leaves something behind, and one of whoever
	 * writes the file.
	 */
	private static final List<String> POINTS = List.of("orders.written", "orders.committed", "orders.counted",
			"fold.written", "export.customer_total", "publish.before", "publish.within", "publish.after",
			"orders-file.written", "orders-file.renamed");

	/** Where an instance has decided to send an order. */
	private static final String SENDING = "orders.sending";

	/** What its log says when it has not. */
	private static final String NOT_SENT = "An order is not sent this time";

	/** Between two orders of whoever places them while the job is killed. */
	private static final Duration REST = Duration.ofMillis(400);

	/** So many orders are placed at most while the job is killed. */
	private static final int MOST_ORDERS = 25;

	private static final String[] VIEWER = { "Authorization", Http.basic("viewer", "reads") };

	@LocalServerPort
	private int port;

	@Autowired
	private Launches launches;

	@Autowired
	private Executions executions;

	@Autowired
	private ExecutionNotes notes;

	@Autowired
	private Generations generations;

	@Autowired
	private OrderTotals batch;

	@Autowired
	private OrdersTail tail;

	@Autowired
	private CassandraStore store;

	@Autowired
	private OrderRemoval removal;

	@Autowired
	private OrderOutbox outbox;

	@Autowired
	private SpeedSinks sinks;

	@Autowired
	private Topics topics;

	@Autowired
	private KafkaClients kafka;

	@Autowired
	private DeadLetters letters;

	@Autowired
	private Lake lake;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private JsonMapper json;

	@Autowired
	private ObjectProvider<CqlSessionBuilder> sessions;

	@Autowired
	private AutowireCapableBeanFactory beans;

	private Http program;

	private JobRuns jobs;

	@BeforeEach
	void started() throws IOException {
		if (!this.lake.files().exists(this.lake.path("history"))) {
			history("first.json", Files.readString(java.nio.file.Path.of("spark-jobs/datasets/transactions.json")));
		}
		StoresTest.Ready.await(this.store);
		this.program = Http.program(this.port);
		this.jobs = new JobRuns(this.launches, this.executions);
		await().atMost(LONG).until(() -> this.sinks.doing().stream().noneMatch((sink) -> sink.partitions().isEmpty()));
	}

	@Test
	void theGoldenNumbers() throws Exception {
		List<String> three = List.of("Ali", "Mounir", "Sara");
		Execution first = run();
		assertThat(this.notes.of(first.executionId())).isNotEmpty();
		int before = current().number();
		assertThat(totals(three)).isEqualTo("Ali 320+0=320 (2), Mounir 150+0=150 (1), Sara 140+0=140 (2)");

		place("Ali", "80");
		place("Mounir", "200.00");
		place("Sara", "4E+1");
		String streamed = "Ali 320+80=400 (3), Mounir 150+200=350 (2), Sara 140+40=180 (3)";
		await().atMost(LONG).untilAsserted(() -> assertThat(totals(three)).isEqualTo(streamed));
		// Whoever starts now reads the same
		assertThat(fresh()).isEqualTo(seen());

		emptyCassandra();
		// Nobody is told less than was told before, and who starts now has it again
		assertThatThrownBy(this::fresh).hasMessageContaining("has lost the orders");
		assertThat(this.program.ask("GET", "/api/orders/totals", VIEWER)).satisfies((lost) -> {
			assertThat(lost.status()).isEqualTo(503);
			assertThat(lost.body()).contains("Cassandra has lost the orders", "rebuild_speed_views");
		});
		this.jobs.completed("rebuild_speed_views", Map.of("source", "topic"));
		assertThat(totals(three)).isEqualTo(streamed);
		assertThat(fresh()).isEqualTo(seen());
		assertThat(read("/api/orders/totals?minTotal=350").findValuesAsString("customer")).contains("Ali", "Mounir")
			.doesNotContain("Sara");

		run();
		String counted = "Ali 400+0=400 (3), Mounir 350+0=350 (2), Sara 180+0=180 (3)";
		int after = current().number();
		assertThat(totals(three)).isEqualTo(counted);
		emptyCassandra();
		this.jobs.completed("rebuild_speed_views", Map.of("source", "lake"));
		assertThat(totals(three)).isEqualTo(counted);

		assertThat(makeCurrent(before)).isEqualTo(200);
		assertThat(totals(three)).isEqualTo(streamed);
		assertThat(makeCurrent(after)).isEqualTo(200);
		assertThat(totals(three)).isEqualTo(counted);

		this.jobs.completed("orders_batch", Map.of("recompute", "full"));
		assertThat(totals(three)).isEqualTo(counted);
		assertThat(export()).contains("{\"customer\":\"Ali\",\"final_amount\":400}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "[]", "{\"customer\":\"Ali\"}", "{\"customer\":\"Ali\",\"amount\":\"80\"}",
			"{\"customer\":\"Ali\",\"amount\":0}", "{\"customer\":\"Ali\",\"amount\":-1}",
			"{\"customer\":\"Ali\",\"amount\":1.234}", "{\"customer\":\"\",\"amount\":1}",
			"{\"customer\":\"   \",\"amount\":1}", "{\"customer\":5,\"amount\":1}",
			"{\"customer\":\"Ali\",\"amount\":1,\"colour\":\"red\"}", "{\"customer\":\"Ali\",\"amount\":1",
			"{\"customer\":\"Ali\",\"amount\":1e400}" })
	void whatIsNoOrderIsRefusedWithASentence(String body) {
		Answer answer = this.program.send("POST", "/api/orders", body, OPERATOR);

		assertThat(answer.status()).isEqualTo(400);
		assertThat(this.json.readTree(answer.body()).get("detail").asString()).endsWith(".");
		assertThat(this.program
			.send("POST", "/api/orders", "{\"customer\":\"" + "x".repeat(201) + "\",\"amount\":1}", OPERATOR)
			.status()).isEqualTo(400);
	}

	@ParameterizedTest
	@CsvSource({ "minTotal=much", "minTotal=1.234", "minTotal=1e3", "minTotal=", "page=-1", "page=0x1", "size=0",
			"size=1001", "page=1&page=2", "colour=red", "minTotal=1'%20OR%201=1" })
	void aParameterThatIsWrongIsNamed(String query) {
		Answer answer = this.program.ask("GET", "/api/orders/totals?" + query, VIEWER);

		assertThat(answer.status()).isEqualTo(400);
		assertThat(this.json.readTree(answer.body()).get("parameter").asString()).isEqualTo(query.split("=")[0]);
	}

	@Test
	void onlyWhoMayPlacesOrdersAndReadsTotals() {
		assertThat(this.program.ask("GET", "/api/orders/totals").status()).isEqualTo(401);
		assertThat(this.program.ask("GET", "/api/orders/totals", VIEWER).status()).isEqualTo(200);
		assertThat(this.program
			.send("POST", "/api/orders", "{\"customer\":\"Ali\",\"amount\":1}", "Authorization",
					Http.basic("viewer", "reads"), "Content-Type", "application/json")
			.status()).isEqualTo(403);
		assertThat(this.program.ask("GET", "/orders", VIEWER).body()).contains("progress");
	}

	@Test
	void theSameKeyIsCountedOnceAndWithAnotherOrderRefused() {
		String customer = "Key " + UUID.randomUUID();
		String[] keyed = { OPERATOR[0], OPERATOR[1], OPERATOR[2], OPERATOR[3], "Idempotency-Key",
				UUID.randomUUID().toString() };
		for (String amount : List.of("80", "80.00", "8e1")) {
			assertThat(this.program.send("POST", "/api/orders", body(customer, amount), keyed).status()).isEqualTo(202);
		}
		Answer other = this.program.send("POST", "/api/orders", body(customer, "81"), keyed);
		assertThat(other.status()).isEqualTo(422);

		// Sent, but the instance died before it could note it
		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=80 (1)"));
		this.jdbc
			.sql("update orders_outbox set sent_at = null, reserved_at = now() - interval '1 h' where customer = ?")
			.param(customer)
			.update();
		this.outbox.sweep();
		assertThat(this.outbox.waiting()).isZero();
		// Kept, but the instance died before it could send it
		this.jdbc.sql("""
				insert into orders_outbox (id, customer, amount, accepted_by, reserved_at)
				values (gen_random_uuid(), ?, 7, 'test', now() - interval '1 h')""").param(customer).update();
		this.outbox.sweep();

		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=87 (2)"));
		run();
		assertThat(totals(List.of(customer))).isEqualTo(customer + " 87+0=87 (2)");
	}

	@Test
	void whatKafkaTakesAfterItsDeadlineIsNoOrder() throws Exception {
		String customer = "Late " + UUID.randomUUID();
		String id = UUID.randomUUID().toString();
		ProducerRecord<byte[], byte[]> late = new ProducerRecord<>(this.topics.orders(), bytes(customer),
				bytes(body(customer, "1")));
		late.headers().add(OrderOutbox.ORDER, bytes(id));
		Uuid topic = this.topics.incarnation(this.topics.orders()).orElseThrow().id();
		new Deadline(topic, Instant.now().minusSeconds(2)).set(late);
		RecordMetadata place = this.kafka.send(late).get(30, TimeUnit.SECONDS);
		ProducerRecord<byte[], byte[]> timely = new ProducerRecord<>(this.topics.orders(), bytes(customer),
				bytes(body(customer, "10")));
		new Deadline(topic, Instant.now().plusSeconds(60)).set(timely);
		this.kafka.send(timely).get(30, TimeUnit.SECONDS);

		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=10 (1)"));
		this.jobs.completed("rebuild_speed_views", Map.of("source", "topic"));
		assertThat(totals(List.of(customer))).endsWith("=10 (1)");
		run();
		assertThat(totals(List.of(customer))).isEqualTo(customer + " 10+0=10 (1)");
		assertThat(letter(place)).isNull();

		// So it is sent once more
		this.jdbc.sql("""
				insert into orders_outbox (id, customer, amount, accepted_by, reserved_at)
				values (cast(? as uuid), ?, 1, 'test', now() - interval '1 h')""").params(id, customer).update();
		this.outbox.sweep();
		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=11 (2)"));
	}

	@Test
	void anOrderOfAnInstanceThatIsFrozenIsSentByAnotherAndCountedOnce(@TempDir java.nio.file.Path folder)
			throws Exception {
		boolean late = false;
		// Right after it was frozen, Kafka's client may give up before it sends anything
		for (int attempt = 1; !late; attempt++) {
			assertThat(attempt).as("how often nothing was sent late").isLessThan(4);
			late = isSentLateAndCountedOnce(folder.resolve("attempt-" + attempt));
		}
	}

	private boolean isSentLateAndCountedOnce(java.nio.file.Path folder) throws Exception {
		String customer = "Frozen " + UUID.randomUUID();
		ForkedApplication frozen = another(folder, "-Dpause.at=" + SENDING);
		try {
			CompletableFuture<Answer> asked = CompletableFuture.supplyAsync(() -> {
				try {
					return post(frozen, "/api/orders", body(customer, "1"));
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
			await().atMost(LONG).until(frozen::isPaused);
			await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=1 (1)"));

			long before = messages();
			frozen.resume();
			await().atMost(LONG).until(() -> messages() > before || frozen.output().contains(NOT_SENT));
			assertThat(asked.get(1, TimeUnit.MINUTES).status()).isEqualTo(202);
			boolean late = messages() > before;
			place(customer, "10");
			await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=11 (2)"));
			run();
			assertThat(totals(List.of(customer))).isEqualTo(customer + " 11+0=11 (2)");
			return late;
		}
		finally {
			frozen.kill();
		}
	}

	@Test
	void anotherTopicOfOrdersHasAnotherNumberAsStoresDoNotKeepItsName(@Autowired ListenerSettings listeners,
			@Autowired SpeedSettings speed) {
		int before = this.topics.incarnation(this.topics.orders()).orElseThrow().number();
		OrderStreamSettings renamed = new OrderStreamSettings("renamed-" + UUID.randomUUID());

		Topics topics = new Topics(this.kafka, this.jdbc, listeners, speed, renamed);
		topics.watch();

		assertThat(topics.incarnation(renamed.topic()).orElseThrow().number()).isEqualTo(before + 1);
		assertThat(topics.incarnation(topics.weather())).isEqualTo(this.topics.incarnation(topics.weather()));
	}

	@Test
	void whichTopicsHaveFollowersIsKnown() {
		assertThat(this.topics.isReplicated(this.topics.orders())).isFalse();
		// As long as nobody has looked
		assertThat(this.topics.isReplicated("another")).isTrue();
	}

	@Test
	void aMessageThatIsNoOrderIsADeadLetterAndCanBeCorrected() throws Exception {
		String customer = "Dead " + UUID.randomUUID();
		RecordMetadata bad = send(customer, body(customer, "-3").getBytes(StandardCharsets.UTF_8));
		RecordMetadata tombstone = send(customer, null);
		send(customer, body(customer, "5").getBytes(StandardCharsets.UTF_8));

		DeadLetters.DeadLetter letter = await().atMost(LONG).until(() -> letter(bad), (found) -> found != null);
		assertThat(letter.cause()).contains("more than 0");
		await().atMost(LONG).until(() -> letter(tombstone) != null);
		for (String none : List.of("{\"amount\":3}", "{\"customer\":\"  \",\"amount\":3}", body(customer, "1.234"),
				body(customer, "\"3\""), body(customer, "0"), "no order")) {
			RecordMetadata refused = send(customer, bytes(none));
			assertThat(await().atMost(LONG).until(() -> letter(refused), (found) -> found != null).value())
				.isEqualTo(bytes(none));
		}
		JsonNode listed = listed(letter.id());
		assertThat(listed.propertyNames()).containsExactly("id", "topic", "partition", "offset", "key", "value",
				"valueBase64", "cause", "failedAt", "replayedAt");
		assertThat(listed.get("topic").asString()).isEqualTo(this.topics.orders());
		assertThat(listed.get("partition").asInt()).isEqualTo(bad.partition());
		assertThat(listed.get("offset").asLong()).isEqualTo(bad.offset());
		assertThat(listed.get("key").asString()).isEqualTo(customer);
		assertThat(listed.get("value").asString()).isEqualTo(body(customer, "-3"));
		assertThat(listed.get("valueBase64").asString())
			.isEqualTo(Base64.getEncoder().encodeToString(bytes(body(customer, "-3"))));
		assertThat(listed.get("replayedAt").isNull()).isTrue();
		byte[] noText = { (byte) 0xff, 0, 1 };
		RecordMetadata binary = send(customer, noText);
		JsonNode listedBinary = listed(await().atMost(LONG).until(() -> letter(binary), (found) -> found != null).id());
		assertThat(listedBinary.get("value").isNull()).isTrue();
		assertThat(listedBinary.get("valueBase64").asString()).isEqualTo(Base64.getEncoder().encodeToString(noText));
		assertThat(this.program
			.send("POST", "/api/dead-letters/" + letter.id() + "/replay",
					this.json.writeValueAsString(Map.of("value", body(customer, "0"))), OPERATOR)
			.status()).isEqualTo(422);
		assertThat(this.program
			.send("POST", "/api/dead-letters/" + letter.id() + "/replay",
					this.json.writeValueAsString(Map.of("value", body(customer, "3"))), OPERATOR)
			.status()).isEqualTo(202);
		assertThat(listed(letter.id()).get("replayedAt").isNull()).isFalse();
		for (String again : List.of("", this.json.writeValueAsString(Map.of("value", body(customer, "0"))))) {
			assertThat(post("/api/dead-letters/" + letter.id() + "/replay", again).status()).isEqualTo(409);
		}

		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=8 (2)"));
		run();
		assertThat(totals(List.of(customer))).isEqualTo(customer + " 8+0=8 (2)");
	}

	@Test
	void whatEveryGenerationCountsIsRemovedAnHourLaterAndNoneIsMadeCurrentThatLacksIt() throws Exception {
		String customer = "Gone " + UUID.randomUUID();
		place(customer, "7");
		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=7 (1)"));
		run();
		int older = current().number();
		place(customer, "5");
		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=12 (2)"));
		run();
		this.removal.remove();
		assertThat(inCassandra(customer)).isEqualTo(2);

		// An hour later, with the older ones no longer kept
		this.jdbc.sql("update generation set published_at = published_at - interval '3 h' where dataset = 'orders'")
			.update();
		this.jdbc.sql("""
				update generation set retired_at = now() - interval '2 h'
				where dataset = 'orders' and generation < ? and published_at is not null""").param(older).update();
		this.removal.remove();

		assertThat(inCassandra(customer)).isEqualTo(1);
		assertThat(totals(List.of(customer))).isEqualTo(customer + " 12+0=12 (2)");
		int newest = current().number();
		assertThat(makeCurrent(older)).isEqualTo(200);
		assertThat(totals(List.of(customer))).isEqualTo(customer + " 7+5=12 (2)");
		assertThat(makeCurrent(newest)).isEqualTo(200);

		this.jdbc.sql("update orders_removed set noted = noted + 100").update();
		Answer refused = this.program.ask("PUT", "/api/batch/generations/" + older + "?current=true", OPERATOR[0],
				OPERATOR[1]);
		assertThat(refused.status()).isEqualTo(409);
		assertThat(refused.body()).contains("would be missing");
		this.jdbc.sql("update orders_removed set noted = noted - 100").update();
	}

	@Test
	void aFileIsImportedOnceAndCountsAsTheLastMappingSays(@TempDir java.nio.file.Path folder) throws Exception {
		String customer = "File " + UUID.randomUUID();
		java.nio.file.Path file = Files.writeString(folder.resolve("orders.csv"),
				"who,sum\n%s,12.50\n%1$s,12.50\n%1$s,-2\n,7\n".formatted(customer));
		String mapping = "customer: { column: who }\namount: { column: sum }\n";
		Map<String, String> plain = Map.of("path", file.toString(), "mapping",
				Files.writeString(folder.resolve("plain.yaml"), mapping).toString());
		Map<String, String> returns = Map.of("path", file.toString(), "mapping",
				Files.writeString(folder.resolve("returns.yaml"), mapping + "returns: keep\n").toString());

		Execution imported = this.jobs.completed("orders_import", plain);
		assertThat(this.notes.of(imported.executionId()).toString()).contains("4 rows, 1 orders",
				"Refused: 1 without a customer, 1 returns, 1 duplicates, 0 that");
		this.jobs.completed("orders_import", plain);
		run();
		assertThat(totals(List.of(customer))).isEqualTo(customer + " 12.5+0=12.5 (1)");

		this.jobs.completed("orders_import", returns);
		run();
		assertThat(totals(List.of(customer))).isEqualTo(customer + " 10.5+0=10.5 (2)");
	}

	@Test
	void thePageTakesAnOrderAndSaysWhatIsWrongWithOne() {
		String customer = "Page " + UUID.randomUUID();
		String[] form = { OPERATOR[0], OPERATOR[1], "Content-Type", "application/x-www-form-urlencoded" };

		assertThat(this.program.send("POST", "/orders", "customer=" + customer.replace(' ', '+') + "&amount=12,5", form)
			.status()).isEqualTo(302);
		Answer wrong = this.program.send("POST", "/orders", "customer=&amount=much", form);

		assertThat(wrong.status()).isEqualTo(422);
		assertThat(wrong.body()).contains("The customer is empty", "The amount is no number");
		String[] french = { form[0], form[1], form[2], form[3], "Accept-Language", "fr" };
		assertThat(this.program.send("POST", "/orders", "customer=&amount=1,234", french).body())
			.contains("Le client est vide", "Le montant est 1.234, et peut avoir au plus 2 décimales");
		assertThat(this.program.send("POST", "/orders", "customer=Ali&amount=1,500", form).body())
			.contains("The amount is 1.500, and may have at most 2 decimal places");
		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=12.5 (1)"));
	}

	@Test
	void aFormThatIsSentTwiceWithTwoOrdersSaysThatOneIsNotTaken() {
		String customer = "Form-" + UUID.randomUUID();
		String[] form = { OPERATOR[0], OPERATOR[1], "Content-Type", "application/x-www-form-urlencoded" };
		String key = "&key=" + UUID.randomUUID();
		assertThat(this.program.send("POST", "/orders", "customer=" + customer + "&amount=12" + key, form).status())
			.isEqualTo(302);
		assertThat(this.program.send("POST", "/orders", "customer=" + customer + "&amount=12" + key, form).status())
			.isEqualTo(302);

		Answer other = this.program.send("POST", "/orders", "customer=" + customer + "&amount=13" + key, form);

		assertThat(other.status()).isEqualTo(422);
		assertThat(other.body()).contains("Another order was placed by this form").doesNotContain(key.substring(5));
		await().atMost(LONG).untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith("=12 (1)"));
	}

	/**
	 * The i-th order of a customer is over 10^i, so that the digits of a total say which
	 * orders it counts, and how often.
	 */
	@Test
	void whereverAnInstanceIsKilledTheRunGoesOnAndEachOrderIsCountedOnce(@TempDir java.nio.file.Path folder)
			throws Exception {
		for (String point : Faults.someOf(POINTS)) {
			String customer = "Killed at " + point + " " + UUID.randomUUID();
			place(customer, "1");
			run();
			List<String> file = export();
			place(customer, "10");
			boolean isOfHistory = point.startsWith("orders.");
			if (isOfHistory) {
				history(point + ".json", body(customer + " (filed)", "1") + "\n" + body(customer + " (filed)", "10"));
			}

			int orders = killedAt(point, customer, folder);

			List<String> left = file(this.lake.path("orders/serving_view.json").toString());
			assertThat(left).allMatch((line) -> this.json.readTree(line).has("final_amount"))
				.hasSizeGreaterThanOrEqualTo(file.size());
			await().atMost(LONG)
				.untilAsserted(() -> assertThat(totals(List.of(customer))).endsWith(all(orders) + " (" + orders + ")"));
			run();
			assertThat(totals(List.of(customer)))
				.isEqualTo("%s %s+0=%2$s (%d)".formatted(customer, all(orders), orders));
			assertThat(totals(List.of(customer + " (filed)")))
				.isEqualTo(isOfHistory ? customer + " (filed) 11+0=11 (2)" : "");
			assertThat(export()).contains("{\"customer\":\"%s\",\"final_amount\":%s}".formatted(customer, all(orders)));
		}
	}

	/** And places orders all the while; says how many there are. */
	private int killedAt(String point, String customer, java.nio.file.Path folder) throws Exception {
		ForkedApplication other = another(folder, "-Dcrash.at=" + point);
		boolean isOfFile = point.startsWith("orders-file.");
		int orders = 2;
		BigInteger seen = BigInteger.ZERO;
		try {
			CompletableFuture<Answer> asked = CompletableFuture.supplyAsync(() -> askToRun(other, isOfFile));
			long end = System.nanoTime() + LONG.toNanos();
			while (other.isAlive() && System.nanoTime() < end) {
				if (orders < MOST_ORDERS) {
					place(customer, "1" + "0".repeat(orders++));
				}
				seen = noneIsMissing(customer, seen);
				LockSupport.parkNanos(REST.toNanos());
			}
			assertThat(other.isAlive()).as(() -> point + " was not reached: " + asked + other.output()).isFalse();
			assertThat(other.exitCode()).as(other::output).isEqualTo(137);
		}
		finally {
			other.kill();
		}
		if (!isOfFile) {
			// PostgreSQL's clock goes on
			this.jdbc.sql("update lease set until = clock_timestamp() - interval '1 s'").update();
			Execution last = await().atMost(LONG)
				.until(() -> this.executions.newest().get("orders_batch"),
						(newest) -> newest.status() == BatchStatus.COMPLETED);
			assertThat(this.executions.attempts(last.instanceId())).hasSize(2);
		}
		noneIsMissing(customer, seen);
		return orders;
	}

	private ForkedApplication another(java.nio.file.Path folder, String option) throws IOException {
		return ForkedApplication.startOnStores(folder.resolve("other"), "orders", "/orders-it", option,
				"--spring.kafka.bootstrap-servers=" + EmbeddedStores.kafka(),
				"--spring.cassandra.contact-points=127.0.0.1:" + EmbeddedStores.cassandra(),
				"--spring.cassandra.local-datacenter=datacenter1", "--isobar.influx.url=" + EmbeddedStores.influxdb(),
				"--isobar.speed.weather-topic=orders-it", "--isobar.orders.topic=" + this.topics.orders(),
				"--isobar.influx.bucket=orders_it", "--isobar.cassandra.keyspace=orders_it",
				"--isobar.speed.lake.flush-interval=PT0.5S", "--isobar.speed.producer.enabled=false",
				"--isobar.orders.history=lake:history", "--logging.level.io.isobar.speed.OrderOutbox=debug")
			.awaitUp();
	}

	private static Answer askToRun(ForkedApplication other, boolean file) {
		try {
			return post(other, file ? "/api/orders/export" : "/api/jobs/orders_batch/executions",
					"{\"parameters\":{}}");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Answer post(ForkedApplication other, String path, String body) throws IOException {
		return Http.program(URI.create(other.web()).getPort())
			.send("POST", path, body, "Authorization", Http.basic("operator", other.password("operator")),
					"Content-Type", "application/json");
	}

	/** Nor is any counted twice; says which are counted, as bits. */
	private BigInteger noneIsMissing(String customer, BigInteger seen) {
		Answer answer = this.program.ask("GET", "/api/orders/totals", VIEWER);
		if (answer.status() == 503) {
			// Cassandra may take longer than an answer may
			return seen;
		}
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		BigInteger found = BigInteger.ZERO;
		for (JsonNode row : this.json.readTree(answer.body())) {
			if (row.get("customer").asString().equals(customer)) {
				String digits = row.get("finalAmount").decimalValue().toPlainString();
				assertThat(digits).as(row::toString).matches("[01]+");
				found = new BigInteger(digits, 2);
			}
		}
		assertThat(seen.andNot(found)).as(answer.body()).isZero();
		return found;
	}

	private static String all(int orders) {
		return "1".repeat(orders);
	}

	private void history(String name, String lines) throws IOException {
		try (OutputStream file = this.lake.files().create(new Path(this.lake.path("history"), name))) {
			file.write(bytes(lines));
		}
	}

	private List<String> export() throws Exception {
		JsonNode written = this.json.readTree(post("/api/orders/export", "").body());
		List<String> file = file(written.get("path").asString());
		assertThat(file).hasSize(written.get("rows").asInt());
		// Nor is anything left of one that was killed
		assertThat(this.lake.files().globStatus(this.lake.path("orders/_serving_view.*.part"))).isEmpty();
		return file;
	}

	private long inCassandra(String customer) {
		try (CqlSession cassandra = this.sessions.getObject().build()) {
			return cassandra.execute("SELECT count(*) FROM orders_it.orders_by_customer WHERE customer = ?", customer)
				.one()
				.getLong(0);
		}
	}

	/** What an instance reads that has just started. */
	private Map<String, Total> fresh() {
		OrderTotals.Boundary boundary = this.batch.boundary();
		return this.beans.createBean(OrdersTail.class).above(boundary.offsets(), boundary.minimumAmount());
	}

	private Map<String, Total> seen() {
		OrderTotals.Boundary boundary = this.batch.boundary();
		return this.tail.above(boundary.offsets(), boundary.minimumAmount());
	}

	private void emptyCassandra() {
		try (CqlSession cassandra = this.sessions.getObject().build()) {
			for (String table : List.of("orders_by_customer", "orders_by_offset", "orders_written")) {
				cassandra.execute("TRUNCATE orders_it." + table);
			}
		}
	}

	private List<String> file(String path) throws Exception {
		try (InputStream file = this.lake.files().open(new Path(path))) {
			return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
		}
	}

	private Execution run() {
		return this.jobs.completed("orders_batch", Map.of());
	}

	private Generation current() {
		return this.generations.current(Dataset.ORDERS).orElseThrow();
	}

	private int makeCurrent(int generation) {
		return this.program
			.ask("PUT", "/api/batch/generations/" + generation + "?current=true", OPERATOR[0], OPERATOR[1])
			.status();
	}

	private void place(String customer, String amount) {
		assertThat(post("/api/orders", body(customer, amount)).status()).isEqualTo(202);
	}

	private Answer post(String path, String body) {
		return this.program.send("POST", path, body, OPERATOR);
	}

	private static String body(String customer, String amount) {
		return "{\"customer\":\"%s\",\"amount\":%s}".formatted(customer, amount);
	}

	private RecordMetadata send(String customer, byte @Nullable [] value) throws Exception {
		return this.kafka.producer()
			.send(new ProducerRecord<>(this.topics.orders(), bytes(customer), value))
			.get(30, TimeUnit.SECONDS);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private DeadLetters.@Nullable DeadLetter letter(RecordMetadata at) {
		return this.letters.page(this.topics.orders(), 0)
			.stream()
			.filter((letter) -> letter.partition() == at.partition() && letter.offset() == at.offset())
			.findFirst()
			.orElse(null);
	}

	/** How many have ever been sent. */
	private long messages() {
		return this.topics.ends(this.topics.orders()).values().stream().mapToLong(Long::longValue).sum();
	}

	private JsonNode listed(long letter) {
		Answer answer = this.program.ask("GET", "/api/dead-letters?topic=" + this.topics.orders(), OPERATOR[0],
				OPERATOR[1]);
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		for (JsonNode each : this.json.readTree(answer.body())) {
			if (each.get("id").asLong() == letter) {
				return each;
			}
		}
		throw new AssertionError(answer.body());
	}

	private JsonNode read(String path) {
		Answer answer = this.program.ask("GET", path, VIEWER);
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		return this.json.readTree(answer.body());
	}

	/** Batch and speed, together, and of how many orders. */
	private String totals(List<String> customers) {
		List<String> found = new ArrayList<>();
		read("/api/orders/totals").forEach((row) -> {
			if (customers.contains(row.get("customer").asString())) {
				found.add("%s %s+%s=%s (%s)".formatted(row.get("customer").asString(), row.get("batchAmount"),
						row.get("speedAmount"), row.get("finalAmount"), row.get("orders")));
			}
		});
		return String.join(", ", found);
	}

}
