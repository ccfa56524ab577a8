package io.isobar.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.isobar.operations.PeopleSettings.Person;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PasswordsTests {

	@TempDir
	private Path folder;

	@Test
	void passwordsThatAreSetAreNeitherKeptNorShown() {
		Passwords passwords = new Passwords(new PeopleSettings(this.folder.resolve("data"), new Person("reads"),
				new Person("acts"), new Person("deletes")));

		assertThat(passwords.of(Role.OPERATOR)).isEqualTo("acts");
		assertThat(passwords.announcement()).isEmpty();
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void theOthersAreGeneratedShownOnceAndKeptForTheOwnerAlone() throws IOException {
		Passwords first = passwords("reads", null, "");
		Passwords second = passwords("reads", null, "");

		assertThat(first.of(Role.OPERATOR)).matches("([a-z2-9]{4}-){3}[a-z2-9]{4}").isNotEqualTo(first.of(Role.ADMIN));
		assertThat(first.announcement())
			.contains("operator  " + first.of(Role.OPERATOR), "admin     " + first.of(Role.ADMIN),
					"passwords.properties")
			.doesNotContain("viewer");
		assertThat(second.of(Role.OPERATOR)).isEqualTo(first.of(Role.OPERATOR));
		assertThat(second.announcement()).contains("operator, admin", "passwords.properties")
			.doesNotContain(first.of(Role.OPERATOR));
		assertThat(PosixFilePermissions
			.toString(Files.getPosixFilePermissions(this.folder.resolve("data").resolve(Passwords.FILE))))
			.isEqualTo("rw-------");
	}

	@Test
	void onePasswordThatIsNotSetAnyMoreIsGeneratedAndTheOthersStay() {
		Passwords first = passwords("reads", "acts", null);
		Passwords second = passwords(null, "acts", null);

		assertThat(second.of(Role.ADMIN)).isEqualTo(first.of(Role.ADMIN));
		assertThat(second.announcement()).contains("viewer    " + second.of(Role.VIEWER))
			.contains("Users: admin;")
			.doesNotContain(second.of(Role.ADMIN));
	}

	@Test
	void aFolderThatCannotBeWrittenIsSaid() throws IOException {
		Files.writeString(this.folder.resolve("data"), "in the way");

		assertThatExceptionOfType(SettingsProblem.class).isThrownBy(() -> passwords(null, null, null))
			.satisfies((problem) -> assertThat(problem.sentences().get(0)).contains("can't be kept in",
					"ISOBAR_VIEWER_PASSWORD"));
	}

	@Test
	void settingsDoNotShowPasswords() {
		assertThat(new PeopleSettings(this.folder, new Person("reads"), new Person(null), new Person(null)).toString())
			.doesNotContain("reads");
	}

	private Passwords passwords(String viewer, String operator, String admin) {
		return new Passwords(new PeopleSettings(this.folder.resolve("data"), new Person(viewer), new Person(operator),
				new Person(admin)));
	}

}
