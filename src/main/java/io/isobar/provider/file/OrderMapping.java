package io.isobar.provider.file;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.isobar.orders.Order;

/**
 * How a table of orders is read: which columns are the customer and the amount, and what
 * is refused.
 *
 * @param name of the mapping's file
 * @param files which files it speaks of, as a glob; null: all tables of text
 * @param delimiter null: any number of blanks
 * @param header the names of the columns, where no line of the file has them
 * @param pattern what of the customer's column is its name: the first group; null: all
 * @param missing who has ordered where the customer is missing; null: such a row is
 * refused
 * @param times the column that the amount is multiplied by; null: none
 * @param round whether more than two decimal places are rounded, or refused
 * @param returns whether negative amounts are kept
 * @param duplicates whether a row that has been there before in all its values is kept
 * @param canonical what it says, without order and comments
 */
record OrderMapping(String name, @Nullable String files, @Nullable String delimiter, Charset encoding, NoValues nulls,
		List<String> header, String customer, @Nullable Pattern pattern, @Nullable String missing, String amount,
		@Nullable String times, boolean round, boolean returns, boolean duplicates, String canonical) {

	private static final int LONGEST = 1_000_000;

	private static final String WHITESPACE = "whitespace";

	private static final Map<String, Boolean> KEPT = Map.of("keep", true, "refuse", false);

	/**
	 * The mapping in that file.
	 * @throws FileRefused with every problem in it
	 */
	static OrderMapping read(Location file) throws FileRefused, IOException {
		try (InputStream stream = file.open()) {
			return parse(file.name(), new String(stream.readNBytes(LONGEST), StandardCharsets.UTF_8));
		}
	}

	static OrderMapping parse(String name, String yaml) throws FileRefused {
		JsonNode tree = MappingFile.tree(name, yaml);
		if (tree == null || !tree.isObject() || tree.isEmpty()) {
			throw new FileRefused(name, "it holds no keys. A mapping of orders says at least `customer` and `amount`.");
		}
		List<String> problems = new ArrayList<>();
		MappingFile.Keys root = new MappingFile.Keys("", tree, problems);
		root.allow("files", "delimiter", "encoding", "nulls", "header", "customer", "amount", "returns", "duplicates");
		MappingFile.Keys customer = keys(root, "customer", "{ column: … }", "column", "pattern", "missing");
		MappingFile.Keys amount = keys(root, "amount", "{ column: … }", "column", "times", "round");
		String delimiter = MappingFile.delimiter(root);
		List<String> header = header(root);
		boolean whitespace = WHITESPACE.equals(delimiter);
		if (whitespace && header.isEmpty()) {
			root.missing("header", "the list of the columns' names, as values with blanks between them have none");
		}
		OrderMapping mapping = new OrderMapping(name, MappingFile.glob(root),
				(whitespace) ? null : (delimiter != null) ? delimiter : ",", MappingFile.encoding(root),
				MappingFile.nulls(root), header, required(customer, "column"), pattern(customer), missing(customer),
				required(amount, "column"), (amount != null) ? amount.text("times") : null,
				amount != null && kept(amount, "round", Map.of("true", true, "false", false)),
				kept(root, "returns", KEPT), kept(root, "duplicates", KEPT), MappingFile.canonical(tree));
		if (!problems.isEmpty()) {
			throw new FileRefused(name, problems);
		}
		return mapping;
	}

	private static MappingFile.@Nullable Keys keys(MappingFile.Keys root, String key, String form, String... allowed) {
		MappingFile.Keys keys = root.keys(key);
		if (keys != null) {
			keys.allow(allowed);
		}
		else if (!root.has(key)) {
			root.missing(key, form);
		}
		return keys;
	}

	private static String required(MappingFile.@Nullable Keys keys, String key) {
		String text = (keys != null) ? keys.required(key) : null;
		return (text != null) ? text : "";
	}

	private static boolean kept(MappingFile.Keys keys, String key, Map<String, Boolean> choices) {
		return Boolean.TRUE.equals(keys.oneOf(key, choices));
	}

	private static List<String> header(MappingFile.Keys root) {
		JsonNode node = root.node().get("header");
		if (node == null) {
			return List.of();
		}
		if (!node.isArray() || node.isEmpty() || node.valueStream().anyMatch(JsonNode::isContainer)) {
			root.problem("header", "it is the list of the columns' names, such as [customer, date, amount].");
			return List.of();
		}
		return node.valueStream().map((each) -> each.asString().strip()).toList();
	}

	private static @Nullable Pattern pattern(MappingFile.@Nullable Keys customer) {
		String text = (customer != null) ? customer.text("pattern") : null;
		if (customer == null || text == null) {
			return null;
		}
		try {
			Pattern pattern = Pattern.compile(text);
			if (pattern.matcher("").groupCount() > 0) {
				return pattern;
			}
			customer.problem("pattern", "it has no group; put what is the name into brackets.");
		}
		catch (PatternSyntaxException ex) {
			customer.problem("pattern", "'%s' is no regular expression: %s.".formatted(text, ex.getDescription()));
		}
		return null;
	}

	private static @Nullable String missing(MappingFile.@Nullable Keys customer) {
		return (customer != null && customer.has("missing")) ? customer.required("missing") : null;
	}

	/** The table in a file. */
	Table open(Location file) throws FileRefused, IOException {
		String separator = this.delimiter;
		return (separator != null) ? CsvTable.open(file, separator, this.encoding, this.nulls, this.header)
				: WhitespaceTable.open(file, this.encoding, this.nulls, this.header);
	}

	/** The name of a customer in the text of its column; null where there is none. */
	@Nullable String customerIn(@Nullable String text) throws RowRejected {
		if (text == null || this.pattern == null) {
			return (text != null) ? text : this.missing;
		}
		Matcher matcher = this.pattern.matcher(text);
		if (!matcher.matches()) {
			throw new RowRejected("%s is '%s', which is none of what the pattern %s says.".formatted(this.customer,
					text, this.pattern));
		}
		return matcher.group(1);
	}

	/** An amount as it is kept, as far as rounding goes. */
	BigDecimal rounded(BigDecimal amount) {
		return (this.round && amount.scale() > Order.DECIMALS) ? amount.setScale(Order.DECIMALS, RoundingMode.HALF_EVEN)
				: amount;
	}

}
