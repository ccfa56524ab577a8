package io.isobar.web;

import java.util.Optional;

/** Tells which role a call needs, to those who describe calls. */
@FunctionalInterface
public interface NeededRoles {

	/**
	 * The least role that may; empty if anybody may.
	 * @param method such as GET
	 * @param path with something in the place of each variable
	 */
	Optional<String> of(String method, String path);

}
