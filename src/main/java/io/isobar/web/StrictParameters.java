package io.isobar.web;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses parameters of the address that are unknown, repeated, empty, or written in a
 * way that Spring would read but nobody means ({@code page=0x10}, {@code stop=yes}). What
 * a controller's method declares is what is known.
 */
class StrictParameters implements HandlerInterceptor {

	private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");

	private final DefaultParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();

	private final Map<Method, Map<String, Class<?>>> known = new ConcurrentHashMap<>();

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (handler instanceof HandlerMethod method) {
			Map<String, Class<?>> possible = this.known.computeIfAbsent(method.getMethod(), this::declared);
			request.getParameterMap().forEach((name, values) -> check(name, values, possible));
		}
		return true;
	}

	private static void check(String name, String[] values, Map<String, Class<?>> possible) {
		Class<?> type = possible.get(name);
		if (type == null) {
			throw Problems.badParameter(Problems.echo(name), "there is no such parameter here. " + (possible.isEmpty()
					? "There is none at all." : "Possible: " + String.join(", ", possible.keySet()) + "."));
		}
		if (values.length > 1) {
			throw Problems.badParameter(name, "is there " + values.length + " times. Write it once.");
		}
		String value = values[0];
		if (value.isEmpty()) {
			throw Problems.badParameter(name, "is empty. Give it a value, or leave it out.");
		}
		if (value.indexOf('\0') >= 0) {
			throw Problems.badParameter(name, "has the character U+0000, which nothing has. Leave it out.");
		}
		if (type == Boolean.class && !value.equals("true") && !value.equals("false")) {
			throw Problems.badParameter(name, Problems.echo(value) + " is neither true nor false.");
		}
		if (Number.class.isAssignableFrom(type) && !WHOLE_NUMBER.matcher(value).matches()) {
			throw Problems.badParameter(name, Problems.echo(value) + " is no whole number, or too large.");
		}
	}

	private Map<String, Class<?>> declared(Method method) {
		Map<String, Class<?>> declared = new LinkedHashMap<>();
		@Nullable String @Nullable [] parameterNames = this.names.getParameterNames(method);
		java.lang.reflect.Parameter[] parameters = method.getParameters();
		for (int i = 0; i < parameters.length; i++) {
			RequestParam annotation = AnnotatedElementUtils.findMergedAnnotation(parameters[i], RequestParam.class);
			if (annotation != null) {
				// Merged, as it may be written without the word name
				String name = annotation.name();
				if (name.isEmpty() && parameterNames != null) {
					name = String.valueOf(parameterNames[i]);
				}
				declared.put(name, wrapped(parameters[i].getType()));
			}
			else if (parameters[i].getType().isRecord() && parameters[i].getAnnotations().length == 0) {
				Arrays.stream(parameters[i].getType().getRecordComponents())
					.forEach((RecordComponent component) -> declared.put(component.getName(),
							wrapped(component.getType())));
			}
		}
		return declared;
	}

	/** Whole numbers as Number, so that decimal ones are left to Spring. */
	private static Class<?> wrapped(Class<?> type) {
		if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
			return Long.class;
		}
		return (type == boolean.class) ? Boolean.class : (Number.class.isAssignableFrom(type)) ? Object.class : type;
	}

}
