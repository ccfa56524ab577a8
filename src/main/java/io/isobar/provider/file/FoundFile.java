package io.isobar.provider.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** A file that was found, with the mapping that speaks of it. */
public final class FoundFile {

	/** Changes when the same file under the same mapping is to be read anew. */
	private static final String READ_AS = "1";

	private final Location location;

	private final String name;

	private final @Nullable Mapping mapping;

	private final @Nullable FileRefused refusal;

	private @Nullable String contentHash;

	FoundFile(Location location, String name, @Nullable Mapping mapping, @Nullable FileRefused refusal) {
		this.location = location;
		this.name = name;
		this.mapping = mapping;
		this.refusal = refusal;
	}

	/** Where it lies. */
	public Location location() {
		return this.location;
	}

	/** Its path below the folder that was given; of a single file its name. */
	public String name() {
		return this.name;
	}

	/** The name of its mapping file; empty if it has none. */
	public Optional<String> mappingName() {
		return Optional.ofNullable(this.mapping).map(Mapping::name);
	}

	/** Why it is not read, where that is already known. */
	public Optional<FileRefused> refusal() {
		return Optional.ofNullable(this.refusal);
	}

	/** SHA-256 of its bytes, in hex. Computed once. */
	public String contentHash() throws IOException {
		String hash = this.contentHash;
		if (hash == null) {
			MessageDigest digest = sha256();
			byte[] buffer = new byte[1 << 16];
			try (InputStream stream = this.location.open()) {
				for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
					digest.update(buffer, 0, count);
				}
			}
			hash = HexFormat.of().formatHex(digest.digest());
			this.contentHash = hash;
		}
		return hash;
	}

	/**
	 * SHA-256 of all that decides what is read: the bytes, what the mapping says (without
	 * comments and order), and the file's name if the mapping looks at it. Imported again
	 * it is the same; a corrected mapping makes it another import.
	 */
	public String importHash() throws IOException {
		StringBuilder text = new StringBuilder(READ_AS).append('\n').append(contentHash()).append('\n');
		text.append(kind());
		if (this.mapping != null) {
			text.append('\n').append(this.mapping.canonical());
			if (this.mapping.readsFileName()) {
				text.append('\n').append(this.location.name());
			}
		}
		return HexFormat.of().formatHex(sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8)));
	}

	/** What has to be kept beside its bytes, so that it can be read anew. */
	public KeptImport kept(Instant collected) {
		return new KeptImport(this.location.name(), collected, (this.mapping != null) ? this.mapping.name() : null,
				(this.mapping != null) ? this.mapping.text() : null);
	}

	@Nullable Mapping mapping() {
		return this.mapping;
	}

	Kind kind() {
		return Kind.of(this.location.name());
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256.", ex);
		}
	}

	@Override
	public String toString() {
		return this.name;
	}

	/** What a file is, as its name ends. */
	enum Kind {

		JSON, CSV, TEXT, PARQUET, OTHER;

		static Kind of(String name) {
			String lower = name.toLowerCase(Locale.ROOT);
			if (lower.endsWith(".json")) {
				return JSON;
			}
			if (lower.endsWith(".csv")) {
				return CSV;
			}
			if (lower.endsWith(".txt")) {
				return TEXT;
			}
			return lower.endsWith(".parquet") ? PARQUET : OTHER;
		}

	}

}
