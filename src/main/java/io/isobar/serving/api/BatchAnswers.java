package io.isobar.serving.api;

import java.util.Optional;
import java.util.function.Supplier;

import io.isobar.batch.Dataset;
import io.isobar.batch.Generation;
import io.isobar.batch.Generations;
import io.isobar.batch.OneMoment;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.info.BuildProperties;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.WebRequest;

/**
 * Answers that are of one generation say so by an entity tag: whoever has an answer of
 * the generation that is current gets none again. The tag is a weak one, as answers are
 * compressed.
 */
@Component
class BatchAnswers {

	private final Generations generations;

	private final BuildProperties build;

	private final OneMoment moment;

	BatchAnswers(Generations generations, BuildProperties build, OneMoment moment) {
		this.generations = generations;
		this.build = build;
		this.moment = moment;
	}

	/**
	 * The answer with its tag; null where the request has it already.
	 */
	<T> @Nullable ResponseEntity<T> of(WebRequest request, Supplier<T> rows) {
		return this.moment.of(() -> {
			Optional<Generation> current = this.generations.current(Dataset.WEATHER);
			return isKnown(request, current.map(Generation::number).orElse(null)) ? Optional.<ResponseEntity<T>>empty()
					: Optional.of(tagged().body(rows.get()));
		}).orElse(null);
	}

	/**
	 * Whether the request has the answer of that generation already; if not, the answer
	 * gets its tag.
	 */
	boolean isKnown(WebRequest request, @Nullable Integer generation) {
		return request.checkNotModified("W/\"%d-%s\"".formatted((generation != null) ? generation : Integer.valueOf(0),
				this.build.getVersion()));
	}

	/** An answer that is asked for again each time, but need not be sent again. */
	ResponseEntity.BodyBuilder tagged() {
		return ResponseEntity.ok().cacheControl(CacheControl.noCache().cachePrivate());
	}

}
