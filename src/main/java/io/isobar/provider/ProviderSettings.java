package io.isobar.provider;

import java.util.HashSet;
import java.util.List;

import io.isobar.weather.Origin;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotEmpty;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who is asked, in this order.
 *
 * @param order names of providers, each at most once
 */
@Validated
@ConfigurationProperties("isobar.provider")
record ProviderSettings(@DefaultValue( {
		"visual-crossing", "open-meteo", "simulator" }) @NotEmpty(
				message = "isobar.provider.order is empty: name at least one of visual-crossing, open-meteo, simulator.") List<Name> order){

	@AssertTrue(message = "isobar.provider.order names a provider twice: name each at most once.")
	boolean isEachNamedOnce() {
		return this.order == null || new HashSet<>(this.order).size() == this.order.size();
	}

	List<Origin> origins() {
		return this.order.stream().map((name) -> name.origin).toList();
	}

	enum Name {

		VISUAL_CROSSING(Origin.VISUAL_CROSSING), OPEN_METEO(Origin.OPEN_METEO), SIMULATOR(Origin.SIMULATED);

		private final Origin origin;

		Name(Origin origin) {
			this.origin = origin;
		}

	}

}
