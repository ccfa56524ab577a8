package io.isobar.operations;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/**
 * The users' passwords: those that are set, and on a laptop generated ones for the rest,
 * which are kept in the data folder.
 */
final class Passwords {

	static final String FILE = "passwords.properties";

	/** Without the letters and digits that are taken for each other. */
	private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

	private static final int LENGTH = 16;

	private final Map<Role, String> all = new EnumMap<>(Role.class);

	private final Set<Role> generated = new TreeSet<>();

	private final Set<Role> fresh = new TreeSet<>();

	private final Path folder;

	private final Path file;

	/** Those that are set, and for the others those of the file, which it is given. */
	Passwords(PeopleSettings settings) {
		this.folder = settings.dataDir().toAbsolutePath().normalize();
		this.file = this.folder.resolve(FILE);
		settings.people().forEach((role, person) -> person.chosen().ifPresent((it) -> this.all.put(role, it)));
		if (this.all.size() < Role.values().length) {
			try {
				generate();
			}
			catch (IOException ex) {
				throw new SettingsProblem(List.of("The generated passwords can't be kept in " + this.file + ": "
						+ ex.getMessage() + ". Give this user the right to read and write it, or set "
						+ variables(Arrays.asList(Role.values())) + "."));
			}
		}
	}

	private void generate() throws IOException {
		Properties kept = new Properties();
		if (Files.exists(this.file)) {
			try (Reader reader = Files.newBufferedReader(this.file)) {
				kept.load(reader);
			}
		}
		for (Role role : Role.values()) {
			if (!this.all.containsKey(role)) {
				String password = kept.getProperty(key(role), "").strip();
				if (password.isEmpty()) {
					password = random();
					kept.setProperty(key(role), password);
					this.fresh.add(role);
				}
				this.all.put(role, password);
				this.generated.add(role);
			}
		}
		if (!this.fresh.isEmpty()) {
			write(kept);
		}
	}

	private static String random() {
		SecureRandom random = new SecureRandom();
		StringBuilder password = new StringBuilder();
		for (int i = 0; i < LENGTH; i++) {
			password.append((i > 0 && i % 4 == 0) ? "-" : "")
				.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
		}
		return password.toString();
	}

	private static String key(Role role) {
		return "isobar." + role.user() + ".password";
	}

	private void write(Properties kept) throws IOException {
		StringBuilder content = new StringBuilder(
				"# Generated. To choose others, set " + variables(Arrays.asList(Role.values())) + ".\n");
		new TreeSet<>(kept.stringPropertyNames())
			.forEach((key) -> content.append(key).append('=').append(kept.getProperty(key)).append('\n'));
		Files.createDirectories(this.folder);
		Path next = this.folder.resolve(FILE + ".new");
		Files.deleteIfExists(next);
		if (next.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		}
		Files.writeString(next, content);
		Files.move(next, this.file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
	}

	String of(Role role) {
		return Objects.requireNonNull(this.all.get(role));
	}

	/** What the console says of them, empty where all were set. */
	String announcement() {
		StringBuilder text = new StringBuilder();
		if (!this.fresh.isEmpty()) {
			text.append("Users and their generated passwords, shown this once and kept in ")
				.append(shown())
				.append(":\n");
			this.fresh.forEach((role) -> text.append("  %-9s %s\n".formatted(role.user(), of(role))));
		}
		Set<Role> known = new TreeSet<>(this.generated);
		known.removeAll(this.fresh);
		if (!known.isEmpty()) {
			text.append("Users: ")
				.append(known.stream().map(Role::user).collect(Collectors.joining(", ")))
				.append("; their generated passwords stand in ")
				.append(shown())
				.append(".\n");
		}
		return text.toString();
	}

	private Path shown() {
		Path here = Path.of("").toAbsolutePath();
		return (this.file.startsWith(here)) ? here.relativize(this.file) : this.file;
	}

	/** What is to be said where a password is missing that nobody may generate. */
	static List<String> missing(Environment environment) {
		if (environment.acceptsProfiles(Profiles.of("embedded"))) {
			return List.of();
		}
		List<Role> without = new ArrayList<>();
		for (Role role : Role.values()) {
			if (Binder.get(environment).bind(key(role), String.class).orElse("").isBlank()) {
				without.add(role);
			}
		}
		return (without.isEmpty()) ? List.of()
				: List.of(variables(without) + ((without.size() == 1) ? " is" : " are")
						+ " not set, and only profile embedded generates passwords; set "
						+ ((without.size() == 1) ? "it" : "them") + ".");
	}

	private static String variables(List<Role> roles) {
		return roles.stream().map(Role::variable).collect(Collectors.joining(", "));
	}

}
