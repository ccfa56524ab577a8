package io.isobar.simulation;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/** Gives what it was given. */
public record Provided<T>(@Nullable T bean) implements ObjectProvider<T> {

	@Override
	public T getObject() {
		return this.bean;
	}

	@Override
	public T getObject(Object... args) {
		return this.bean;
	}

	@Override
	public @Nullable T getIfAvailable() {
		return this.bean;
	}

	@Override
	public @Nullable T getIfUnique() {
		return this.bean;
	}

	@Override
	public Stream<T> stream() {
		return Stream.ofNullable(this.bean);
	}

	@Override
	public Stream<T> orderedStream() {
		return stream();
	}

}
