package io.isobar.serving.api;

import java.math.BigDecimal;
import java.util.List;

import io.isobar.orders.Order;
import io.isobar.serving.OrdersFile;
import io.isobar.serving.ServedOrders;
import io.isobar.web.PageNumber;
import io.isobar.web.PageSize;
import io.isobar.web.Problems;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What customers have ordered. */
@RestController
@RequestMapping("/api/orders")
class OrdersController {

	private static final int DEFAULT_SIZE = Integer.parseInt(PageSize.DEFAULT);

	private final ServedOrders orders;

	private final OrdersFile file;

	OrdersController(ServedOrders orders, OrdersFile file) {
		this.orders = orders;
		this.file = file;
	}

	/** Amounts are exact, with at most two decimal places. */
	record TotalAnswer(String customer, BigDecimal batchAmount, BigDecimal speedAmount, BigDecimal finalAmount,
			long orders) {

		static TotalAnswer of(ServedOrders.CustomerTotal total) {
			return new TotalAnswer(total.customer(), OrdersFile.plain(total.batch().amount()),
					OrdersFile.plain(total.speed().amount()), OrdersFile.plain(total.all().amount()),
					total.all().orders());
		}

	}

	/** All, or a page of them: then a header says how many there are. */
	@GetMapping("/totals")
	ResponseEntity<List<TotalAnswer>> totals(@RequestParam(required = false) @Nullable String minTotal,
			@RequestParam(required = false) @PageNumber @Nullable Integer page,
			@RequestParam(required = false) @PageSize @Nullable Integer size) {
		BigDecimal minimum = minimum(minTotal);
		List<ServedOrders.CustomerTotal> totals = this.orders.totals().from(minimum);
		if (page == null && size == null) {
			return ResponseEntity.ok(totals.stream().map(TotalAnswer::of).toList());
		}
		long rows = (size != null) ? size : DEFAULT_SIZE;
		long first = Math.min(totals.size(), ((page != null) ? page : 0) * rows);
		long end = Math.min(totals.size(), first + rows);
		return ResponseEntity.ok()
			.header("X-Total-Count", String.valueOf(totals.size()))
			.body(totals.subList((int) first, (int) end).stream().map(TotalAnswer::of).toList());
	}

	private static @Nullable BigDecimal minimum(@Nullable String text) {
		if (text == null) {
			return null;
		}
		if (!text.matches("-?[0-9]{1," + Order.MOST_DIGITS + "}(\\.[0-9]{1,2})?")) {
			throw Problems.badParameter("minTotal",
					Problems.echo(text) + " is no amount. Write it with at most 2 decimal places, as 100 or 99.5.");
		}
		return new BigDecimal(text);
	}

	record ExportAnswer(String path, int rows) {
	}

	/** Writes the totals to the lake. */
	@PostMapping("/export")
	ExportAnswer export() {
		OrdersFile.Written written = this.file.write();
		return new ExportAnswer(written.path(), written.rows());
	}

}
