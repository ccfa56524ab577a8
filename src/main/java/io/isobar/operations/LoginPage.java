package io.isobar.operations;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** The login page, plain and after a refusal. */
@Controller
class LoginPage {

	/** Where a refused login is forwarded to; nothing can be asked there directly. */
	static final String REFUSED = "/login/refused";

	/** Request attribute with the seconds to wait, where passwords are not looked at. */
	static final String RETRY_AFTER = "isobar.retryAfter";

	@GetMapping("/login")
	String login(@RequestParam(required = false) @Nullable String expired,
			@RequestParam(required = false) @Nullable String logout, Model model) {
		model.addAttribute("expired", expired != null);
		model.addAttribute("loggedOut", logout != null);
		return "login";
	}

	@PostMapping(REFUSED)
	String refused(@RequestParam(defaultValue = "") String username,
			@RequestAttribute(name = RETRY_AFTER, required = false) @Nullable Long retryAfter, Model model) {
		model.addAttribute("username", username);
		model.addAttribute("wrong", retryAfter == null);
		model.addAttribute("retryAfter", retryAfter);
		return "login";
	}

}
