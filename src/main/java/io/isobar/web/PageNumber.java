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

/** The parameter {@code page}: which page of a list, from 0. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Constraint(validatedBy = {})
@ReportAsSingleViolation
@Min(0)
@Max(PageNumber.LAST)
public @interface PageNumber {

	/** Times the largest size, this still is an offset that a database understands. */
	int LAST = 1_000_000;

	String message() default "pages are counted from 0, up to 1000000.";

	Class<?>[] groups() default {};

	Class<? extends Payload>[] payload() default {};

}
