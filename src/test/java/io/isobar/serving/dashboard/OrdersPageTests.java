package io.isobar.serving.dashboard;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.ui.ExtendedModelMap;

import io.isobar.batch.OrderTotals;
import io.isobar.serving.ServedOrders;
import io.isobar.speed.OrderOutbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

/** The form for an order, where nobody takes one. */
class OrdersPageTests {

	private final ServedOrders orders = mock(ServedOrders.class);

	/** There is no speed layer. */
	private final ObjectProvider<OrderOutbox> outbox = new StaticListableBeanFactory()
		.getBeanProvider(OrderOutbox.class);

	private final OrdersPage page = new OrdersPage(this.orders, this.outbox, FormatsTests.messages());

	private final ExtendedModelMap model = new ExtendedModelMap();

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	@BeforeEach
	void nothingIsOrdered() {
		when(this.orders.totals()).thenReturn(
				new ServedOrders.Totals(new OrderTotals.Boundary(null, Map.of(), BigDecimal.ZERO, null), List.of()));
	}

	@Test
	void theFormIsNotShown() {
		this.page.orders(0, null, this.request, this.response, this.model);

		assertThat(this.model).containsEntry("taking", false);
		assertThat(this.response.getStatus()).isEqualTo(200);
	}

	@Test
	void whoPlacesAnOrderAllTheSameIsToldWhyItIsNotTaken() {
		this.page.place("Ali", "80", "key", () -> "operator", Locale.ENGLISH, this.request, this.response, this.model);

		assertThat(this.model).containsEntry("errors", Map.of("place",
				"Orders can't be placed here, as the speed layer that takes them is switched off (isobar.speed.enabled=false). "
						+ "Place them where it is on."));
		assertThat(this.response.getStatus()).isEqualTo(422);
	}

}
