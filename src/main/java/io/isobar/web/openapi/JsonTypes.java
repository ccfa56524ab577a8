package io.isobar.web.openapi;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.YearMonth;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

import com.fasterxml.jackson.databind.JavaType;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How Java's types are written in JSON, where that is not obvious: months and durations
 * as texts; and components of records that are {@link Nullable} may be null there too.
 */
class JsonTypes implements ModelConverter {

	private static final String NULL = "null";

	@Override
	public @Nullable Schema<?> resolve(AnnotatedType type, ModelConverterContext context,
			Iterator<ModelConverter> chain) {
		Class<?> java = raw(type);
		if (java == YearMonth.class) {
			Schema<?> month = text();
			month.setPattern("^[0-9]{4}-[0-9]{2}$");
			return month;
		}
		if (java == Duration.class) {
			Schema<?> duration = text();
			duration.setFormat("duration");
			return duration;
		}
		Schema<?> schema = (chain.hasNext()) ? chain.next().resolve(type, context, chain) : null;
		if (schema != null && java.isRecord()) {
			Schema<?> model = model(schema, context);
			if (model != null && model.getProperties() != null) {
				for (RecordComponent component : java.getRecordComponents()) {
					Schema<?> field = model.getProperties().get(component.getName());
					if (field != null && component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
						model.getProperties().put(component.getName(), orNull(field));
					}
				}
			}
		}
		return schema;
	}

	private static Class<?> raw(AnnotatedType type) {
		JavaType java = Json31.mapper().constructType(type.getType());
		return java.getRawClass();
	}

	static Schema<?> text() {
		Schema<?> text = new JsonSchema();
		text.addType("string");
		return text;
	}

	private static @Nullable Schema<?> model(Schema<?> schema, ModelConverterContext context) {
		String reference = schema.get$ref();
		return (reference == null) ? schema
				: context.getDefinedModels().get(reference.substring(Components.COMPONENTS_SCHEMAS_REF.length()));
	}

	static boolean isNullable(Schema<?> field) {
		return field.getTypes() != null && field.getTypes().contains(NULL)
				|| field.getAnyOf() != null && field.getAnyOf().stream().anyMatch((each) -> isNullable(each));
	}

	private static Schema<?> orNull(Schema<?> field) {
		if (isNullable(field)) {
			return field;
		}
		if (field.get$ref() != null) {
			Schema<?> nothing = new JsonSchema();
			nothing.addType(NULL);
			Schema<?> either = new JsonSchema();
			either.addAnyOfItem(field);
			either.addAnyOfItem(nothing);
			return either;
		}
		Set<String> types = new LinkedHashSet<>();
		if (field.getTypes() != null) {
			types.addAll(field.getTypes());
		}
		else if (field.getType() != null) {
			types.add(field.getType());
		}
		types.add(NULL);
		field.setTypes(types);
		return field;
	}

}
