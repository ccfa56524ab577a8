package io.isobar.serving;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.isobar.batch.OrderTotals;
import io.isobar.batch.SimulatedBatch;
import io.isobar.lake.FakeOrderStore;
import io.isobar.orders.Order;
import io.isobar.simulation.Fate;
import io.isobar.simulation.Provided;
import io.isobar.simulation.Seeds;
import io.isobar.speed.FakeLog;
import io.isobar.speed.FakeOrderTables;
import io.isobar.speed.FakeRemovedOrders;
import io.isobar.speed.OrdersTail;
import io.isobar.speed.SimulatedSpeed;
import io.isobar.views.CustomerTotals.Total;
import io.isobar.web.StoreUnavailable;

/**
 * Two processes of the application, their stores and the people about them, for one seed:
 * orders stream in, are archived, folded, published, gone back from and removed, while
 * processes die, calls time out, partitions change their owner and somebody reads.
 * <p>
 * The i-th order of a customer is over 10^i, so the digits of a total say which orders
 * are in it, and how often. Every answer must have each of them at most once, all that
 * any answer had which was given before it was asked for, of each partition none without
 * those before it, and in each layer's part what lies on that side of the boundary.
 */
final class OrdersSimulation implements Seeds.Simulation {

	private static final int PROCESSES = 2;

	private static final int PARTITIONS = 2;

	private static final List<String> CUSTOMERS = List.of("Ali", "Bea", "\uFF21nn", "\uD83D\uDE00", "Eve", "Fay");

	/** An order with where it lies. */
	private record Placed(String customer, int index, BigDecimal amount, int part, long offset) {
	}

	/** A process of the application. */
	private final class Application {

		private final Fate.Process process;

		private final SimulatedSpeed speed;

		private final SimulatedBatch batch;

		private final ServedOrders served;

		private boolean reading;

		private boolean removing;

		private boolean operating;

		Application(String name) {
			OrdersSimulation all = OrdersSimulation.this;
			this.process = new Fate.Process(name);
			this.speed = new SimulatedSpeed(all.fate, this.process, all.log, all.lake, all.tables, all.removed);
			this.batch = new SimulatedBatch(all.fate, all.batch, all.lake, this.speed.tail(), all.kept,
					all.fate.oneOf(all.minimums));
			this.served = new ServedOrders(this.batch.totals(), new Provided<>(this.speed.tail()));
		}

		void read() {
			if (this.reading) {
				return;
			}
			this.reading = true;
			try {
				Map<Integer, Integer> before = new HashMap<>(OrdersSimulation.this.answered);
				ServedOrders.Totals totals = this.served.totals();
				check(totals, before);
			}
			catch (Fate.TimedOut | StoreUnavailable ex) {
				OrdersSimulation.this.fate.note(() -> "no answer: " + ex.getMessage());
			}
			finally {
				this.reading = false;
			}
		}

		void remove() {
			if (!this.removing) {
				this.removing = true;
				try {
					this.speed.remove(this.batch.counted());
				}
				finally {
					this.removing = false;
				}
			}
		}

		void operate(Runnable work) {
			if (!this.operating) {
				this.operating = true;
				try {
					work.run();
				}
				catch (Fate.TimedOut | IllegalStateException ex) {
					OrdersSimulation.this.fate.note(() -> String.valueOf(ex.getMessage()));
				}
				finally {
					this.operating = false;
				}
			}
		}

	}

	private final Fate fate;

	private final FakeLog log;

	private final FakeOrderStore lake;

	private final FakeOrderTables tables;

	private final FakeRemovedOrders removed;

	private final SimulatedBatch.Shared batch;

	private final int kept;

	private final int[] weights;

	/** What the processes are told that counts. */
	private final List<BigDecimal> minimums;

	private final List<Application> applications = new ArrayList<>();

	/** What was sent and has arrived, by part, in the order of offsets. */
	private final Map<Integer, List<Placed>> placed = new HashMap<>();

	private final Map<String, List<Placed>> byCustomer = new LinkedHashMap<>();

	/** How many of each part some answer had. */
	private final Map<Integer, Integer> answered = new HashMap<>();

	/** Cassandra has lost what it had, and was not rebuilt yet. */
	private boolean emptied;

	/** The lake is an older copy of itself. */
	private boolean restored;

	private int answers;

	OrdersSimulation(long seed, boolean traced) {
		this.fate = new Fate(seed, traced);
		this.log = new FakeLog(this.fate, PARTITIONS, this.fate.onceIn(3) ? 9990 : 0);
		this.lake = new FakeOrderStore(this.fate);
		this.tables = new FakeOrderTables(this.fate);
		this.removed = new FakeRemovedOrders(this.fate);
		this.batch = new SimulatedBatch.Shared(this.fate);
		this.kept = 1 + this.fate.below(3);
		this.minimums = this.fate.onceIn(3) ? List.of(BigDecimal.ZERO, new BigDecimal("100"))
				: List.of(BigDecimal.ZERO);
		this.weights = weights();
		CUSTOMERS.forEach((each) -> this.byCustomer.put(each, new ArrayList<>()));
		for (int i = 0; i < PROCESSES; i++) {
			this.applications.add(new Application("application " + i));
		}
		this.fate.between(this::step);
	}

	@Override
	public String trace() {
		return this.fate.trace();
	}

	@Override
	public int answers() {
		return this.answers;
	}

	@Override
	public void run(int steps) {
		for (int i = 0; i < steps; i++) {
			step();
		}
		this.fate.calm();
		rest();
	}

	/** What happens, and how often beside the others. */
	private enum Happening {

		SEND(160, false), POLL(300, false), IDLE(80, false), WATCH(50, false), READ(160, false), BATCH(200, false),
		ASK_ARCHIVE(30, true), MAKE_CURRENT(30, true), RELEASE(15, true), REMOVE(40, true), LOSE_PARTS(15, true),
		LOSE_LEASE(5, true), SECONDS(80, true), HOURS(12, true), KILL(6, true), MAKE_TOPIC_AGAIN(2, true),
		REBUILD(6, true), LOSE_CASSANDRA(2, true), RESTORE_LAKE(2, true);

		private final int weight;

		/** Whether there are simulations in which it never happens. */
		private final boolean spared;

		Happening(int weight, boolean spared) {
			this.weight = weight;
			this.spared = spared;
		}

	}

	/**
	 * Each simulation has its own weights: what is seldom in one is frequent in another.
	 */
	private int[] weights() {
		int[] weights = new int[Happening.values().length];
		for (Happening each : Happening.values()) {
			int roll = this.fate.below(8);
			int factor = switch (roll) {
				case 0 -> each.spared ? 0 : 2;
				case 1 -> 1;
				case 2 -> 8;
				case 3 -> each.spared ? 24 : 8;
				default -> 4;
			};
			weights[each.ordinal()] = each.weight * factor;
		}
		return weights;
	}

	private Happening draw() {
		int roll = this.fate.below(Arrays.stream(this.weights).sum());
		for (Happening each : Happening.values()) {
			roll -= this.weights[each.ordinal()];
			if (roll < 0) {
				return each;
			}
		}
		throw new IllegalStateException("Weights changed.");
	}

	private void step() {
		int which = this.fate.below(this.applications.size());
		Application application = this.applications.get(which);
		if (application.process.isDead()) {
			if (this.fate.isQuiet()) {
				application.speed.leave();
				this.applications.set(which, new Application(application.process.toString()));
				this.fate.note("starts " + application.process);
			}
			return;
		}
		Happening happening = draw();
		switch (happening) {
			case SEND -> send();
			case POLL -> as(application, "takes messages", application.speed::poll);
			case IDLE -> as(application, "has nothing to take", application.speed::idle);
			case WATCH -> as(application, "watches", application.speed::watch);
			case READ -> as(application, "reads", application::read);
			case BATCH -> as(application, "batch", application.batch::step);
			case ASK_ARCHIVE ->
				as(application, "asks the lake's sink", () -> application.operate(application.speed::askArchive));
			case MAKE_CURRENT -> as(application, "makes a generation current",
					() -> application.operate(() -> makeAnyCurrent(application)));
			case RELEASE -> as(application, "releases", () -> application.operate(application.batch::release));
			case REMOVE -> as(application, "removes", application::remove);
			case LOSE_PARTS -> {
				this.fate.note("a partition changes its owner");
				application.speed.loseParts();
			}
			case LOSE_LEASE ->
				as(application, "somebody takes the lease", () -> application.operate(application.batch::loseLease));
			case MAKE_TOPIC_AGAIN -> {
				if (!this.emptied && (this.fate.isQuiet() || this.fate.onceIn(4))) {
					this.fate.note("the topic is made again");
					this.log.makeAgain(this.fate.onceIn(2));
				}
			}
			case REBUILD -> as(application, "rebuilds", () -> application.operate(() -> rebuild(application)));
			case SECONDS -> this.fate.pass(Duration.ofMillis(200 + this.fate.below(3000)));
			default -> {
				if (this.fate.isQuiet()) {
					seldom(happening, application);
				}
			}
		}
	}

	/** Nothing that a kept generation needs was removed. */
	private void makeAnyCurrent(Application application) {
		application.batch.makeAnyCurrent().ifPresent((offsets) -> this.removed.upTo().forEach((part, upTo) -> {
			if (upTo > offsets.getOrDefault(part, -1L)) {
				throw failed("A generation is kept, and orders of part %d up to offset %d were removed, which it lacks"
					.formatted(part, upTo));
			}
		}));
	}

	private void as(Application application, String what, Runnable work) {
		this.fate.as(application.process, what, work);
	}

	/** What happens only while nobody is in the midst of anything. */
	private void seldom(Happening happening, Application application) {
		switch (happening) {
			case HOURS -> {
				this.fate.note("two hours pass");
				this.fate.pass(Duration.ofHours(2));
			}
			case KILL -> {
				this.fate.note(application.process + " is killed");
				application.process.die();
			}
			case RESTORE_LAKE -> {
				if (this.fate.onceIn(2)) {
					this.applications.forEach((each) -> {
						each.process.die();
						each.speed.leave();
					});
				}
				int back = 1 + this.fate.below(12);
				this.fate.note(() -> "the lake is restored from a copy %d versions older".formatted(back));
				this.lake.restore(back);
				this.restored = true;
			}
			default -> {
				if (this.log.number() == 0) {
					this.fate.note("Cassandra has lost everything");
					this.tables.empty();
					this.emptied = true;
				}
			}
		}
	}

	private void rebuild(Application application) {
		this.fate.pass(Duration.ofMillis(1));
		application.speed.rebuild(this.fate.onceIn(2));
		this.emptied = false;
	}

	private void send() {
		int who = this.fate.below(CUSTOMERS.size());
		String customer = CUSTOMERS.get(who);
		int partition = who % PARTITIONS;
		if (this.fate.onceIn(12)) {
			this.log.append(partition, (byte[]) null);
			return;
		}
		List<Placed> before = this.byCustomer.get(customer);
		if (before.size() >= Order.MOST_DIGITS) {
			return;
		}
		BigDecimal amount = BigDecimal.TEN.pow(before.size()).setScale(Order.DECIMALS);
		long offset = this.log.append(partition, new Order(customer, amount));
		Placed order = new Placed(customer, before.size(), amount, this.log.number() * 1000 + partition, offset);
		before.add(order);
		this.placed.computeIfAbsent(order.part(), (key) -> new ArrayList<>()).add(order);
		this.fate.note(() -> "order %d of %s at %d/%d".formatted(order.index(), customer, order.part(), offset));
	}

	private void rest() {
		for (int i = 0; i < this.applications.size(); i++) {
			if (this.applications.get(i).process.isDead()) {
				this.applications.get(i).speed.leave();
				this.applications.set(i, new Application("application " + i));
			}
		}
		this.applications.forEach((each) -> as(each, "settles", each.speed::settle));
		if (this.emptied) {
			as(this.applications.get(0), "rebuilds", () -> rebuild(this.applications.get(0)));
		}
		Application last = this.applications.get(1);
		as(last, "finishes the batch", () -> {
			if (last.batch.finish() == 0 && !this.restored) {
				throw failed("No generation is published although nothing fails any more.");
			}
		});
		this.fate.pass(Duration.ofHours(2));
		as(last, "removes", last::remove);
		this.applications.forEach((each) -> as(each, "reads at the end", each::read));
		for (int partition = 0; partition < PARTITIONS; partition++) {
			int part = this.log.number() * 1000 + partition;
			if (this.answered.getOrDefault(part, 0) < shown(part)) {
				throw failed("Part %d has %d orders, and only %d were ever answered".formatted(part, shown(part),
						this.answered.getOrDefault(part, 0)));
			}
		}
	}

	/** Up to the last one that is in a total. */
	private int shown(int part) {
		List<Placed> orders = this.placed.getOrDefault(part, List.of());
		BigDecimal least = this.minimums.get(this.minimums.size() - 1);
		int shown = 0;
		for (int i = 0; i < orders.size(); i++) {
			if (orders.get(i).amount().compareTo(least) >= 0) {
				shown = i + 1;
			}
		}
		return shown;
	}

	private void check(ServedOrders.Totals totals, Map<Integer, Integer> before) {
		this.answers++;
		OrderTotals.Boundary boundary = totals.boundary();
		Set<Placed> seen = new HashSet<>();
		String previous = null;
		for (ServedOrders.CustomerTotal each : totals.customers()) {
			Set<Placed> batch = decode(each.customer(), each.batch());
			Set<Placed> speed = decode(each.customer(), each.speed());
			batch.forEach((order) -> require(order.offset() <= boundary.offsets().getOrDefault(order.part(), -1L),
					"%s lies above the boundary, and the batch layer counts it", order));
			speed.forEach((order) -> require(order.offset() > boundary.offsets().getOrDefault(order.part(), -1L),
					"%s lies below the boundary, and the speed layer counts it", order));
			seen.addAll(batch);
			seen.addAll(speed);
			speed.forEach((order) -> require(order.amount().compareTo(boundary.minimumAmount()) >= 0,
					"%s is smaller than what counts", order));
			if (previous != null && OrdersTail.compare(previous, each.customer()) >= 0) {
				throw failed("%s comes after %s".formatted(each.customer(), previous));
			}
			previous = each.customer();
		}
		this.placed.forEach((part, orders) -> {
			int end = 0;
			for (int i = 0; i < orders.size(); i++) {
				end = seen.contains(orders.get(i)) ? i + 1 : end;
			}
			int known = Math.max(end, before.getOrDefault(part, 0));
			for (int i = 0; i < known; i++) {
				Placed order = orders.get(i);
				if (order.amount().compareTo(boundary.minimumAmount()) >= 0) {
					require(seen.contains(order), "%s is missing", order);
				}
			}
			this.answered.merge(part, end, Math::max);
		});
		this.fate.note(() -> "has an answer: generation %s, boundary %s, orders %s".formatted(boundary.generation(),
				boundary.offsets(), seen.size()));
	}

	/** Which orders are in a total, each once. */
	private Set<Placed> decode(String customer, Total total) {
		Set<Placed> found = new HashSet<>();
		BigInteger digits = total.amount().toBigIntegerExact();
		List<Placed> orders = this.byCustomer.get(customer);
		String text = digits.toString();
		for (int i = 0; i < text.length(); i++) {
			char digit = text.charAt(text.length() - 1 - i);
			if (digit != '0') {
				if (digit != '1' || i >= orders.size()) {
					throw failed("Total %s of %s counts an order more than once, or one that nobody has sent"
						.formatted(text, customer));
				}
				found.add(orders.get(i));
			}
		}
		if (found.size() != total.orders()) {
			throw failed("%s has %d orders, and a total of %s".formatted(customer, total.orders(), text));
		}
		return found;
	}

	private void require(boolean holds, String sentence, Placed order) {
		if (!holds) {
			throw failed(sentence.formatted(order));
		}
	}

	private AssertionError failed(String sentence) {
		this.fate.note("FAILED: " + sentence);
		return new AssertionError(sentence);
	}

}
