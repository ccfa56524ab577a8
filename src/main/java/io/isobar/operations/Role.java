package io.isobar.operations;

import java.util.Arrays;
import java.util.Locale;

import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;

/** What people may do, each with the rights of the one before; one user has each. */
enum Role {

	/** Reads all. */
	VIEWER,

	/** Starts, stops, corrects. */
	OPERATOR,

	/** Deletes. */
	ADMIN;

	/** Name of the user who has this role. */
	String user() {
		return name().toLowerCase(Locale.ROOT);
	}

	String authority() {
		return "ROLE_" + name();
	}

	/** The environment variable of that user's password. */
	String variable() {
		return "ISOBAR_" + name() + "_PASSWORD";
	}

	static RoleHierarchy hierarchy() {
		return RoleHierarchyImpl.fromHierarchy(
				String.join(" > ", Arrays.asList(ADMIN.authority(), OPERATOR.authority(), VIEWER.authority())));
	}

}
