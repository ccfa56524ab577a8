package io.isobar.serving.dashboard;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** What this is, in which version, under which licence, and whose data it shows. */
@Controller
class AboutPage {

	private final @Nullable BuildProperties build;

	AboutPage(ObjectProvider<BuildProperties> build) {
		this.build = build.getIfAvailable();
	}

	@GetMapping("/about")
	String about(Model model) {
		model.addAttribute("version", (this.build != null) ? this.build.getVersion() : null);
		return "about";
	}

}
