package io.isobar.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

import static org.assertj.core.api.Assertions.assertThat;

class ThrottledLoginTests {

	private final AtomicInteger lookedAt = new AtomicInteger();

	private final ThrottledLogin login = new ThrottledLogin(new AuthenticationProvider() {

		@Override
		public Authentication authenticate(Authentication authentication) {
			ThrottledLoginTests.this.lookedAt.incrementAndGet();
			Thread.yield();
			if ("right".equals(authentication.getCredentials())) {
				return authentication;
			}
			throw new BadCredentialsException("wrong");
		}

		@Override
		public boolean supports(Class<?> authentication) {
			return true;
		}

	}, new WrongPasswords(System::nanoTime), new SimpleMeterRegistry());

	@Test
	void manyAtOnceAreNotMoreThanTen() throws InterruptedException {
		ExecutorService guessers = Executors.newFixedThreadPool(16);
		List<Future<?>> guesses = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			guesses.add(guessers.submit(() -> this.login.authenticate(from("10.0.0.1", "guessed"))));
		}

		List<Class<?>> refusals = new ArrayList<>();
		for (Future<?> guess : guesses) {
			try {
				guess.get();
			}
			catch (ExecutionException ex) {
				refusals.add(ex.getCause().getClass());
			}
		}
		guessers.shutdown();

		assertThat(this.lookedAt).hasValue(10);
		assertThat(refusals).hasSize(200).filteredOn((refusal) -> refusal == TooManyWrongPasswords.class).hasSize(190);
	}

	@Test
	void rightPasswordsAreNeverTooMany() {
		for (int i = 0; i < 1_000; i++) {
			assertThat(this.login.authenticate(from("10.0.0.1", "right"))).isNotNull();
		}
	}

	private static Authentication from(String address, String password) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setRemoteAddr(address);
		UsernamePasswordAuthenticationToken token = new UsernamePasswordAuthenticationToken("viewer", password);
		token.setDetails(new WebAuthenticationDetails(request));
		return token;
	}

}
