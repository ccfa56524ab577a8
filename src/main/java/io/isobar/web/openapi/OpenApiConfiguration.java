package io.isobar.web.openapi;

import java.util.List;

import io.isobar.web.NeededRoles;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.servers.Server;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The OpenAPI document at {@code /v3/api-docs}. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

	@Bean
	ApiTexts apiTexts() {
		return ApiTexts.read();
	}

	/**
	 * The document that all else is added to.
	 * @param root the path before all others, or nothing. Without a host it is right also
	 * behind a proxy
	 */
	@Bean
	OpenAPI openApi(ApiTexts texts, @Value("${server.servlet.context-path:}") String root) {
		return new OpenAPI()
			.info(new Info().title(texts.title())
				.description(texts.description())
				.version("1")
				.license(new License().name("Apache License, Version 2.0").identifier("Apache-2.0")))
			.servers(List.of(new Server().url(root.isEmpty() ? "/" : root).description("This isobar")));
	}

	@Bean
	JsonTypes jsonTypes() {
		return new JsonTypes();
	}

	@Bean
	ApiDescription apiDescription(ApiTexts texts, ObjectProvider<NeededRoles> roles) {
		return new ApiDescription(texts, roles);
	}

}
