package io.isobar.speed;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.isobar.messages.WeatherMessage;
import io.isobar.provider.http.Limits;
import io.isobar.provider.http.TestLimits;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** What a {@link StreamContext} has beside the application. */
@TestConfiguration(proxyBeanMethods = false)
class StreamSurroundings {

	@Bean
	Limits limits() {
		return TestLimits.quick();
	}

	@Bean
	RememberedSink rememberedSink() {
		return new RememberedSink();
	}

	/** A store in memory; a test may put something in its way. */
	static final class RememberedSink implements WeatherSink {

		private final List<WeatherMessage> arrived = new CopyOnWriteArrayList<>();

		private volatile Consumer<List<WeatherMessage>> before = (messages) -> {
		};

		@Override
		public String name() {
			return "remembered";
		}

		@Override
		public Duration linger() {
			return Duration.ZERO;
		}

		@Override
		public void write(List<WeatherMessage> messages) {
			this.before.accept(messages);
			this.arrived.addAll(messages);
		}

		/** What is done before messages are taken; what it throws keeps them out. */
		void before(Consumer<List<WeatherMessage>> action) {
			this.before = action;
		}

		/** Everything about that city, in the order in which it came. */
		List<WeatherMessage> arrived(String city) {
			return this.arrived.stream().filter((message) -> message.city().equals(city)).toList();
		}

	}

}
