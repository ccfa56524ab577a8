package io.isobar.operations;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The users' passwords.
 *
 * @param dataDir folder in which generated ones are kept
 * @param viewer who may read all
 * @param operator who may change things
 * @param admin who may delete as well
 */
@ConfigurationProperties("isobar")
record PeopleSettings(@DefaultValue("./data") Path dataDir, @DefaultValue Person viewer, @DefaultValue Person operator,
		@DefaultValue Person admin) {

	Map<Role, Person> people() {
		return Map.of(Role.VIEWER, this.viewer, Role.OPERATOR, this.operator, Role.ADMIN, this.admin);
	}

	/**
	 * @param password the password; an empty one counts as none
	 */
	record Person(@Nullable String password) {

		/** More bytes bcrypt would leave out without a word. */
		private static final int MOST_BYTES = 72;

		Person {
			if (password != null && password.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
				throw new IllegalArgumentException(
						"its password is longer than " + MOST_BYTES + " bytes; choose a shorter one");
			}
		}

		Optional<String> chosen() {
			return Optional.ofNullable(this.password).filter((each) -> !each.isBlank());
		}

		@Override
		public String toString() {
			return "Person[password=" + ((chosen().isPresent()) ? "***" : "none") + "]";
		}

	}

}
