package io.isobar.provider.file;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.isobar.orders.Order;
import io.isobar.orders.OrderRefused;

/** A file of orders, with the mapping that speaks of it. */
public final class OrderFile {

	/** Changes when the same file under the same mapping is to be read anew. */
	private static final String READ_AS = "orders 1";

	/** Rows that are named; the others are counted. */
	private static final int NAMED = 5;

	private final Location location;

	private final OrderMapping mapping;

	private @Nullable String contentHash;

	OrderFile(Location location, OrderMapping mapping) {
		this.location = location;
		this.mapping = mapping;
	}

	/** Takes orders, each with its line. */
	@FunctionalInterface
	public interface Consumer {

		void order(long line, Order order) throws IOException;

	}

	/**
	 * What came of the rows of a file.
	 *
	 * @param rows how many there are
	 * @param orders how many are orders
	 * @param withoutCustomer refused, as nobody has ordered
	 * @param returns refused, as goods were returned
	 * @param duplicates refused, as the same row was there before
	 * @param wrong refused, as they can't be read
	 * @param keptWithoutCustomer orders of those whose customer is missing
	 * @param keptReturns orders with negative amounts
	 * @param keptDuplicates orders that were there before
	 * @param examples the first that can't be read, a sentence each
	 */
	public record Tally(long rows, long orders, long withoutCustomer, long returns, long duplicates, long wrong,
			long keptWithoutCustomer, long keptReturns, long keptDuplicates, List<String> examples) {

		public long refused() {
			return this.withoutCustomer + this.returns + this.duplicates + this.wrong;
		}

		/** All in one sentence or two. */
		public String sentence(String file) {
			String first = this.examples.isEmpty() ? "" : " " + String.join(" ", this.examples);
			return "%s: %d rows, %d orders (%d without a customer, %d returns, %d duplicates among them). Refused: %d without a customer, %d returns, %d duplicates, %d that can't be read.%s"
				.formatted(file, this.rows, this.orders, this.keptWithoutCustomer, this.keptReturns,
						this.keptDuplicates, this.withoutCustomer, this.returns, this.duplicates, this.wrong, first);
		}

	}

	public String name() {
		return this.location.name();
	}

	public InputStream open() throws IOException {
		return this.location.open();
	}

	/** SHA-256 of its bytes, in hex. Computed once. */
	public String contentHash() throws IOException {
		String hash = this.contentHash;
		if (hash == null) {
			MessageDigest digest = sha256();
			byte[] buffer = new byte[1 << 16];
			try (InputStream stream = open()) {
				for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
					digest.update(buffer, 0, count);
				}
			}
			hash = HexFormat.of().formatHex(digest.digest());
			this.contentHash = hash;
		}
		return hash;
	}

	/** SHA-256 of all that decides what is read: the bytes, and what the mapping says. */
	public String importHash() throws IOException {
		String text = READ_AS + "\n" + contentHash() + "\n" + this.mapping.canonical();
		return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256.", ex);
		}
	}

	/**
	 * Reads it to its end, and hands its orders over.
	 * @throws FileRefused if it is not read
	 */
	public Tally read(Consumer consumer) throws FileRefused, IOException {
		try (Table table = this.mapping.open(this.location)) {
			return new Reading(table, consumer).read();
		}
	}

	/** The rows of the file, one after the other. */
	private final class Reading {

		private final Table table;

		private final Consumer consumer;

		private final int customer;

		private final int amount;

		private final int times;

		private final Set<UUID> seen = new HashSet<>();

		private final List<String> examples = new ArrayList<>();

		private long rows;

		private long orders;

		private long withoutCustomer;

		private long returns;

		private long duplicates;

		private long wrong;

		private long keptWithoutCustomer;

		private long keptReturns;

		private long keptDuplicates;

		Reading(Table table, Consumer consumer) throws FileRefused {
			this.table = table;
			this.consumer = consumer;
			OrderMapping mapping = OrderFile.this.mapping;
			this.customer = column(mapping.customer());
			this.amount = column(mapping.amount());
			String factor = mapping.times();
			this.times = (factor != null) ? column(factor) : -1;
		}

		private int column(String name) throws FileRefused {
			int index = this.table.columns().indexOf(name);
			if (index < 0) {
				throw new FileRefused(name(), "it has no column %s, which its mapping %s names; its columns are %s."
					.formatted(name, OrderFile.this.mapping.name(), String.join(", ", this.table.columns())));
			}
			return index;
		}

		Tally read() throws FileRefused, IOException {
			while (this.table.next()) {
				this.rows++;
				try {
					row();
				}
				catch (RowRejected ex) {
					wrong(ex.reason());
				}
				catch (OrderRefused ex) {
					wrong(ex.sentence());
				}
			}
			return new Tally(this.rows, this.orders, this.withoutCustomer, this.returns, this.duplicates, this.wrong,
					this.keptWithoutCustomer, this.keptReturns, this.keptDuplicates, List.copyOf(this.examples));
		}

		private void wrong(String reason) {
			if (this.wrong++ < NAMED) {
				String place = this.table.place();
				this.examples.add(Character.toUpperCase(place.charAt(0)) + place.substring(1) + ": " + reason);
			}
		}

		private void row() throws RowRejected, OrderRefused, IOException {
			this.table.check();
			OrderMapping mapping = OrderFile.this.mapping;
			boolean again = !this.seen.add(identity());
			if (again && !mapping.duplicates()) {
				this.duplicates++;
				return;
			}
			String written = this.table.text(this.customer);
			String name = mapping.customerIn(written);
			if (name == null) {
				this.withoutCustomer++;
				return;
			}
			BigDecimal sum = number(this.amount);
			if (this.times >= 0) {
				sum = sum.multiply(number(this.times));
			}
			sum = mapping.rounded(sum);
			if (sum.signum() < 0 && !mapping.returns()) {
				this.returns++;
				return;
			}
			Order order = (sum.signum() < 0) ? new Order(Order.customer(name), Order.amount(sum))
					: Order.placed(name, sum);
			this.consumer.order(Long.parseLong(this.table.place().replaceAll("\\D", "")), order);
			this.orders++;
			this.keptDuplicates += again ? 1 : 0;
			this.keptWithoutCustomer += (written == null) ? 1 : 0;
			this.keptReturns += (sum.signum() < 0) ? 1 : 0;
		}

		private UUID identity() throws RowRejected {
			StringBuilder row = new StringBuilder();
			for (int column = 0; column < this.table.columns().size(); column++) {
				row.append(this.table.text(column)).append('\u0001');
			}
			return UUID.nameUUIDFromBytes(row.toString().getBytes(StandardCharsets.UTF_8));
		}

		private BigDecimal number(int column) throws RowRejected {
			String text = this.table.text(column);
			if (text == null) {
				throw new RowRejected("%s is missing.".formatted(this.table.columns().get(column)));
			}
			try {
				if (text.length() <= 60) {
					return new BigDecimal(text);
				}
			}
			catch (NumberFormatException ex) {
				// Said below
			}
			throw new RowRejected("%s is '%s', which is no number.".formatted(this.table.columns().get(column),
					(text.length() <= 60) ? text : text.substring(0, 60) + "…"));
		}

	}

}
