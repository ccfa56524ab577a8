package io.isobar.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** The parameter {@code size}: how many rows a page has, 1 to 1000. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Constraint(validatedBy = {})
@ReportAsSingleViolation
@Min(1)
@Max(1000)
public @interface PageSize {

	/** As a default value of {@code @RequestParam}. */
	String DEFAULT = "50";

	String message() default "a page has 1 to 1000 rows.";

	Class<?>[] groups() default {};

	Class<? extends Payload>[] payload() default {};

}
