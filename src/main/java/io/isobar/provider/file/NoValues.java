package io.isobar.provider.file;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The texts that mean: no value. A number among them also means that number. */
final class NoValues {

	static final NoValues BLANK = new NoValues(List.of(""));

	private final Set<String> texts;

	private final double[] numbers;

	NoValues(Collection<String> texts) {
		this.texts = Set.copyOf(texts);
		List<Double> found = new ArrayList<>();
		for (String text : this.texts) {
			try {
				found.add(Numbers.parse(text));
			}
			catch (NumberFormatException ex) {
				// A text such as NA
			}
		}
		this.numbers = found.stream().mapToDouble(Double::doubleValue).toArray();
	}

	/** A text without anything is never a value. */
	boolean has(String text) {
		return text.isEmpty() || this.texts.contains(text);
	}

	boolean has(double number) {
		for (double none : this.numbers) {
			if (none == number) {
				return true;
			}
		}
		return false;
	}

}
