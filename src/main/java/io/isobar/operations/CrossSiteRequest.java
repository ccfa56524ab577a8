package io.isobar.operations;

import org.springframework.security.access.AccessDeniedException;

/** A page of another site made a browser send a password that it knew. */
class CrossSiteRequest extends AccessDeniedException {

	CrossSiteRequest() {
		super("Cross-site request with a password");
	}

}
