package io.isobar.serving.dashboard;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import io.isobar.orders.Order;
import io.isobar.orders.OrderRefused;
import io.isobar.serving.ServedOrders;
import io.isobar.serving.ServedOrders.CustomerTotal;
import io.isobar.speed.OrderOutbox;
import io.isobar.web.PageInfo;
import io.isobar.web.StoreUnavailable;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.MessageSource;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** What customers have ordered, which layer says so, and a form for another order. */
@Controller
class OrdersPage {

	private static final int ROWS = 50;

	private final ServedOrders orders;

	private final ObjectProvider<OrderOutbox> outbox;

	private final MessageSource messages;

	OrdersPage(ServedOrders orders, ObjectProvider<OrderOutbox> outbox, MessageSource messages) {
		this.orders = orders;
		this.outbox = outbox;
		this.messages = messages;
	}

	/**
	 * A customer's line.
	 *
	 * @param share how much of its total the batch layer says, in percent
	 */
	record Row(String customer, BigDecimal batch, BigDecimal speed, BigDecimal all, long orders, int share) {

		static Row of(CustomerTotal total) {
			BigDecimal all = total.all().amount();
			int share = (all.signum() <= 0) ? 100
					: total.batch()
						.amount()
						.max(BigDecimal.ZERO)
						.min(all)
						.movePointRight(2)
						.divideToIntegralValue(all)
						.intValue();
			return new Row(total.customer(), total.batch().amount(), total.speed().amount(), all, total.all().orders(),
					share);
		}

	}

	@GetMapping("/orders")
	String orders(@RequestParam(defaultValue = "0") int page, @RequestParam(required = false) @Nullable String placed,
			HttpServletRequest request, HttpServletResponse response, Model model) {
		model.addAttribute("placed", placed != null);
		return show(page, Map.of(), "", "", UUID.randomUUID().toString(), request, response, model);
	}

	/** The same form sent twice is one order. */
	@PostMapping("/orders")
	String place(@RequestParam(defaultValue = "") String customer, @RequestParam(defaultValue = "") String amount,
			@RequestParam(defaultValue = "") String key, Principal by, Locale locale, HttpServletRequest request,
			HttpServletResponse response, Model model) {
		Map<String, String> errors = new LinkedHashMap<>();
		String name = null;
		BigDecimal sum = null;
		try {
			name = Order.customer(customer);
		}
		catch (OrderRefused ex) {
			errors.put("customer", text(ex, locale));
		}
		try {
			sum = Order.placed("any", number(amount)).amount();
		}
		catch (OrderRefused ex) {
			errors.put("amount", text(ex, locale));
		}
		OrderOutbox taking = this.outbox.getIfAvailable();
		if (taking == null) {
			errors.put("place", this.messages.getMessage("orders.off", null, locale));
		}
		if (name == null || sum == null || taking == null) {
			response.setStatus(HttpStatus.UNPROCESSABLE_CONTENT.value());
			model.addAttribute("placed", false);
			return show(0, errors, customer, amount, key, request, response, model);
		}
		if (taking.accept(new Order(name, sum), key.isBlank() ? null : "form " + digest(key),
				by.getName()) == OrderOutbox.Accepted.KEY_USED_OTHERWISE) {
			response.setStatus(HttpStatus.UNPROCESSABLE_CONTENT.value());
			model.addAttribute("placed", false);
			errors.put("customer", text(new OrderRefused("used",
					"Another order was placed by this form, and it counts. Send this one if you want it besides."),
					locale));
			return show(0, errors, customer, amount, UUID.randomUUID().toString(), request, response, model);
		}
		return "redirect:/orders?placed=1";
	}

	/** In the language of the page; English is what the exception says. */
	private String text(OrderRefused refused, Locale locale) {
		String text = this.messages.getMessage("orders.refused." + refused.code(), refused.arguments(), null, locale);
		return (text != null) ? text : refused.sentence();
	}

	/** Whatever was sent as a key has a length that is kept. */
	private static String digest(String key) {
		return UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)).toString();
	}

	/** As people write it, also with a comma. */
	private static BigDecimal number(String text) throws OrderRefused {
		String plain = text.strip().replace(',', '.');
		if (!plain.matches("-?[0-9]{1,40}(\\.[0-9]{1,40})?")) {
			throw new OrderRefused("amount.number", "The amount is no number. Write it as 80 or 12.50.");
		}
		BigDecimal number = new BigDecimal(plain);
		if (number.scale() > Order.DECIMALS) {
			// A thousand with a comma is no one
			throw new OrderRefused("amount.decimals",
					"The amount is %s, and may have at most 2 decimal places. Round it.".formatted(plain), plain);
		}
		return number;
	}

	private String show(int page, Map<String, String> errors, String customer, String amount, String key,
			HttpServletRequest request, HttpServletResponse response, Model model) {
		model.addAttribute("errors", errors);
		model.addAttribute("customer", customer);
		model.addAttribute("amount", amount);
		model.addAttribute("key", key);
		model.addAttribute("operator", request.isUserInRole("OPERATOR"));
		model.addAttribute("taking", this.outbox.getIfAvailable() != null);
		model.addAttribute("zone", ZoneId.systemDefault());
		try {
			ServedOrders.Totals totals = this.orders.totals();
			List<CustomerTotal> customers = totals.customers();
			int first = (int) Math.min(customers.size(), Math.max(0, page) * (long) ROWS);
			model.addAttribute("boundary", totals.boundary());
			model.addAttribute("rows",
					customers.subList(first, Math.min(customers.size(), first + ROWS)).stream().map(Row::of).toList());
			model.addAttribute("page", PageInfo.of(Math.max(0, page), ROWS, customers.size()));
			model.addAttribute("unavailable", null);
		}
		catch (StoreUnavailable ex) {
			response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
			model.addAttribute("boundary", null);
			model.addAttribute("rows", List.of());
			model.addAttribute("page", PageInfo.of(0, ROWS, 0));
			model.addAttribute("unavailable", ex.store());
		}
		return "orders";
	}

}
