package io.isobar.provider.file;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.isobar.orders.Order;
import io.isobar.provider.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What files of orders are read as, by their mapping. */
class OrderFilesTests {

	private static final String TABLE = """
			id,who,sum
			1,Ali,120
			2,,15
			1,Ali,120
			3,Sara,-4.50
			4,Mounir,0
			5,Mounir,much
			6,Mounir,1.239
			7,Mounir
			8,Sara,"2.5"
			""";

	@TempDir
	Path folder;

	private final List<String> orders = new ArrayList<>();

	@Test
	void whatIsNotAskedForIsRefusedAndCounted() throws Exception {
		OrderFile.Tally tally = read(TABLE, "customer: { column: who }\namount: { column: sum }\n");

		assertThat(this.orders).containsExactly("2: Ali 120.00", "10: Sara 2.50");
		assertThat(tally.rows()).isEqualTo(9);
		assertThat(tally.orders()).isEqualTo(2);
		assertThat(tally.withoutCustomer()).isEqualTo(1);
		assertThat(tally.duplicates()).isEqualTo(1);
		assertThat(tally.returns()).isEqualTo(1);
		assertThat(tally.wrong()).isEqualTo(4);
		assertThat(tally.examples()).anyMatch((example) -> example.startsWith("Line 7: sum is 'much'"))
			.anyMatch((example) -> example.startsWith("Line 8: The amount is 1.239"));
		assertThat(tally.sentence("x.csv")).contains("9 rows, 2 orders", "Refused: 1 without a customer, 1 returns");
	}

	@Test
	void whatIsAskedForIsKeptAndCounted() throws Exception {
		OrderFile.Tally tally = read(TABLE, """
				customer: { column: who, missing: nobody }
				amount: { column: sum, round: true }
				returns: keep
				duplicates: keep
				""");

		assertThat(this.orders).containsExactly("2: Ali 120.00", "3: nobody 15.00", "4: Ali 120.00", "5: Sara -4.50",
				"8: Mounir 1.24", "10: Sara 2.50");
		assertThat(tally.keptWithoutCustomer()).isEqualTo(1);
		assertThat(tally.keptDuplicates()).isEqualTo(1);
		assertThat(tally.keptReturns()).isEqualTo(1);
		assertThat(tally.wrong()).isEqualTo(3);
	}

	@Test
	void anAmountMayBeAProductAndACustomerAPartOfAText() throws Exception {
		read("c,q,p\n17850.0,6,2.55\n17851,2,1.00\nx,1,1\n", """
				customer: { column: c, pattern: "(\\\\d+)(?:\\\\.0)?" }
				amount: { column: p, times: q }
				""");

		assertThat(this.orders).containsExactly("2: 17850 15.30", "3: 17851 2.00");
	}

	@Test
	void aFileWithoutHeaderIsReadByTheNamesThatTheMappingGives() throws Exception {
		read(" 00001 20210101  1   11.77\n 00002 20210112  5   77.00\n", """
				delimiter: whitespace
				header: [who, day, items, sum]
				customer: { column: who }
				amount: { column: sum }
				""");
		read("Ali;7\nSara;8\n", """
				delimiter: ";"
				header: [who, sum]
				customer: { column: who }
				amount: { column: sum }
				""");

		assertThat(this.orders).containsExactly("1: 00001 11.77", "2: 00002 77.00", "1: Ali 7.00", "2: Sara 8.00");
	}

	@Test
	void aMappingIsToldAllThatIsWrongWithIt() {
		assertThatThrownBy(() -> OrderMapping.parse("m.yaml", """
				customer: { pattern: "no group" }
				returns: perhaps
				colour: red
				delimiter: whitespace
				""")).isInstanceOf(FileRefused.class)
			.hasMessageContaining("`customer.column` is missing")
			.hasMessageContaining("`customer.pattern`")
			.hasMessageContaining("`amount` is missing")
			.hasMessageContaining("`returns`: 'perhaps'")
			.hasMessageContaining("`colour`")
			.hasMessageContaining("`header` is missing");
	}

	@Test
	void aColumnThatIsNotThereIsNamedWithThoseThatAre() {
		assertThatThrownBy(() -> read(TABLE, "customer: { column: name }\namount: { column: sum }\n"))
			.isInstanceOf(FileRefused.class)
			.hasMessageContaining("no column name")
			.hasMessageContaining("id, who, sum");
	}

	@Test
	void aCorrectedMappingIsAnotherImportAndAnotherOrderOfItsKeysIsNot() throws Exception {
		OrderFile one = file(TABLE, "customer: { column: who }\namount: { column: sum }\n");
		OrderFile same = file(TABLE, "# the same\namount: { column: sum }\ncustomer: { column: who }\n");
		OrderFile other = file(TABLE, "customer: { column: who }\namount: { column: sum }\nreturns: keep\n");

		assertThat(same.importHash()).isEqualTo(one.importHash());
		assertThat(other.importHash()).isNotEqualTo(one.importHash());
	}

	@ParameterizedTest
	@CsvSource({ "cdnow_master_dates_shifted.txt, orders/cdnow, 69659, 69579, 0, 0, 0, 80, 23476, 2500315.63",
			"retail_data_transactions.csv, orders/retail-transactions, 125000, 125000, 0, 0, 0, 0, 6889, 8123989.00",
			"uci_online_retail_excerpt_us_dates.csv, orders/uci-online-retail, 183, 179, 0, 0, 1, 4, 14, 7753.62",
			"uci_online_retail_by_day/2010-12-06.csv, orders/uci-online-retail, 3878, 1926, 1904, 48, 29, 0, 90, 30258.77" })
	void realFilesAreReadAsTheirShippedMappingsSay(String name, String mapping, long rows, long orders,
			long withoutCustomer, long duplicates, long keptReturns, long wrong, int customers, BigDecimal sum)
			throws Exception {
		Location file = Location.local(TestData.file("transactions/" + name));
		Set<String> names = new HashSet<>();
		BigDecimal[] total = { BigDecimal.ZERO };

		OrderFile.Tally tally = OrderFiles
			.find(new ImportSettings(List.of()), file, Location.local(Path.of("mappings/%s.yaml".formatted(mapping))))
			.get(0)
			.read((line, order) -> {
				names.add(order.customer());
				total[0] = total[0].add(order.amount());
			});

		assertThat(tally.rows()).isEqualTo(rows);
		assertThat(tally.orders()).isEqualTo(orders);
		assertThat(tally.withoutCustomer()).isEqualTo(withoutCustomer);
		assertThat(tally.duplicates()).isEqualTo(duplicates);
		assertThat(tally.keptReturns()).isEqualTo(keptReturns);
		assertThat(tally.wrong()).isEqualTo(wrong);
		assertThat(names).hasSize(customers);
		assertThat(total[0]).isEqualTo(sum);
	}

	private OrderFile.Tally read(String table, String mapping) throws FileRefused, IOException {
		return file(table, mapping).read((line, order) -> this.orders.add(line + ": " + text(order)));
	}

	private OrderFile file(String table, String mapping) throws FileRefused, IOException {
		Path file = Files.writeString(Files.createTempFile(this.folder, "orders", ".csv"), table,
				StandardCharsets.UTF_8);
		Path yaml = Files.writeString(Files.createTempFile(this.folder, "mapping", ".yaml"), mapping);
		return OrderFiles.find(new ImportSettings(List.of()), Location.local(file), Location.local(yaml)).get(0);
	}

	private static String text(Order order) {
		return order.customer() + " " + order.amount();
	}

}
