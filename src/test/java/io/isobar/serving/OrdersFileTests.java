package io.isobar.serving;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.isobar.batch.OrderTotals;
import io.isobar.lake.Lake;
import io.isobar.serving.ServedOrders.CustomerTotal;
import io.isobar.views.CustomerTotals.Total;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.Answers;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

/** The export of orders, on a file system that is near. */
class OrdersFileTests {

	@TempDir
	Path folder;

	private final ServedOrders orders = mock(ServedOrders.class);

	private final Lake lake = mock(Lake.class);

	private OrdersFile file;

	@BeforeEach
	void lake() throws IOException {
		Path target = this.folder.resolve("serving_view.json");
		when(this.lake.path("orders/serving_view.json")).thenReturn(new org.apache.hadoop.fs.Path(target.toUri()));
		when(this.lake.files()).thenReturn(FileSystem.getLocal(new Configuration()));
		this.file = new OrdersFile(this.orders, this.lake, new JsonMapper(),
				mock(DataSource.class, Answers.RETURNS_DEEP_STUBS));
	}

	@Test
	void whoTakesItsTotalsLaterWritesLater() throws Exception {
		CountDownLatch first = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		when(this.orders.totals()).thenReturn(totals(list(() -> {
			first.countDown();
			goOn.await();
			return total("80");
		}))).thenReturn(totals(List.of(total("120"))));

		Thread slow = new Thread(this.file::write);
		slow.start();
		first.await();
		Thread quick = new Thread(this.file::write);
		quick.start();
		// It has ended, or it waits for the slow one
		await().until(() -> !quick.isAlive() || quick.getState() == Thread.State.BLOCKED);
		goOn.countDown();
		slow.join();
		quick.join();

		assertThat(this.folder.resolve("serving_view.json")).hasContent("{\"customer\":\"Ali\",\"final_amount\":120}");
	}

	@Test
	void whatFailsLeavesTheFileAsItWasAndNothingBeside() throws IOException {
		when(this.orders.totals()).thenReturn(totals(List.of(total("80")))).thenReturn(totals(list(() -> {
			throw new IllegalStateException("No memory");
		})));
		this.file.write();

		assertThatThrownBy(this.file::write).hasMessage("No memory");

		assertThat(files()).containsExactly("serving_view.json");
		assertThat(this.folder.resolve("serving_view.json")).hasContent("{\"customer\":\"Ali\",\"final_amount\":80}");
	}

	@Test
	void whatOneLeftThatWasKilledIsRemovedByTheNext() throws IOException {
		Files.createFile(this.folder.resolve("_serving_view.8f4c.part"));
		when(this.orders.totals()).thenReturn(totals(List.of(total("80"))));

		this.file.write();

		assertThat(files()).containsExactly("serving_view.json");
	}

	/** Without the checksums that Hadoop keeps beside what is near. */
	private List<String> files() throws IOException {
		try (Stream<Path> files = Files.list(this.folder)) {
			return files.map((file) -> file.getFileName().toString()).filter((name) -> !name.endsWith(".crc")).toList();
		}
	}

	private interface Customer {

		CustomerTotal get() throws InterruptedException;

	}

	/** One customer, of whom is known when somebody looks. */
	private static List<CustomerTotal> list(Customer customer) {
		return new AbstractList<>() {

			@Override
			public CustomerTotal get(int index) {
				try {
					return customer.get();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}

			@Override
			public int size() {
				return 1;
			}

		};
	}

	private static CustomerTotal total(String amount) {
		return new CustomerTotal("Ali", new Total(new BigDecimal(amount), 1), Total.ZERO);
	}

	private static ServedOrders.Totals totals(List<CustomerTotal> customers) {
		return new ServedOrders.Totals(new OrderTotals.Boundary(null, Map.of(), BigDecimal.ZERO, null), customers);
	}

}
