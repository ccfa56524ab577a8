package io.isobar.serving.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import io.isobar.speed.ConditionalOnSpeed;
import io.isobar.speed.DeadLetters;
import io.isobar.web.Problems;
import io.isobar.web.StoreUnavailable;

/** The messages that were refused. */
@RestController
@ConditionalOnSpeed
@RequestMapping("/api/dead-letters")
class DeadLettersController {

	private final DeadLetters letters;

	DeadLettersController(DeadLetters letters) {
		this.letters = letters;
	}

	/** A message; {@code value} is null where it is no text. */
	record DeadLetterAnswer(long id, String topic, int partition, long offset, @Nullable String key,
			@Nullable String value, @Nullable String valueBase64, String cause, Instant failedAt,
			@Nullable Instant replayedAt) {

		static DeadLetterAnswer of(DeadLetters.DeadLetter letter) {
			byte[] value = letter.value();
			return new DeadLetterAnswer(letter.id(), letter.topic(), letter.partition(), letter.offset(),
					text(letter.key()), text(value), (value != null) ? Base64.getEncoder().encodeToString(value) : null,
					letter.cause(), letter.failedAt(), letter.replayedAt());
		}

		private static @Nullable String text(byte @Nullable [] bytes) {
			if (bytes == null) {
				return null;
			}
			try {
				return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
			}
			catch (CharacterCodingException ex) {
				return null;
			}
		}

	}

	/** What is to be sent instead of what came. */
	record Correction(@Nullable String value) {
	}

	@GetMapping
	List<DeadLetterAnswer> page(@RequestParam(required = false) @Nullable String topic,
			@RequestParam(defaultValue = "0") int page) {
		if (page < 0) {
			throw Problems.badParameter("page", "the first page is 0.");
		}
		return this.letters.page(topic, page).stream().map(DeadLetterAnswer::of).toList();
	}

	@PostMapping("/{id:[0-9]{1,18}}/replay")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void replay(@PathVariable long id, @RequestBody(required = false) @Nullable Correction correction,
			@Nullable Principal by) {
		DeadLetters.Replay replay;
		try {
			replay = this.letters.replay(id, (correction != null) ? correction.value() : null,
					(by != null) ? by.getName() : "anonymous");
		}
		catch (DeadLetters.StillRefused ex) {
			throw Problems.failure(HttpStatus.UNPROCESSABLE_CONTENT,
					"The corrected value would be refused again: " + ex.getMessage());
		}
		catch (DeadLetters.NotInTime ex) {
			throw Problems.failure(HttpStatus.SERVICE_UNAVAILABLE, ex.getMessage() + " Replay it again in a minute.");
		}
		catch (IllegalStateException | org.apache.kafka.common.KafkaException ex) {
			throw new StoreUnavailable("Kafka", java.time.Duration.ofSeconds(30), ex);
		}
		if (replay == DeadLetters.Replay.UNKNOWN) {
			throw Problems.notFound("There is no dead letter %d. See /api/dead-letters.".formatted(id));
		}
		if (replay == DeadLetters.Replay.BEFORE) {
			throw Problems.failure(HttpStatus.CONFLICT,
					"Dead letter %d has been replayed, or is being replayed at this moment. If it was refused again, it is another dead letter."
						.formatted(id));
		}
	}

}
