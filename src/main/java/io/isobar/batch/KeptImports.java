package io.isobar.batch;

import java.time.Instant;
import java.util.Optional;

import io.isobar.lake.RawAnswers;
import io.isobar.provider.file.FoundFile;
import io.isobar.provider.file.KeptImport;
import tools.jackson.databind.ObjectMapper;

import org.springframework.stereotype.Component;

/**
 * How files were imported: kept with their bytes, so that an import that goes on after a
 * kill gives the same readings, and a file can be read anew.
 */
@Component
class KeptImports {

	private final RawAnswers raw;

	private final ObjectMapper json;

	KeptImports(RawAnswers raw, ObjectMapper json) {
		this.raw = raw;
		this.json = json;
	}

	/** The source of a file's readings: one file may be imported under two mappings. */
	static String source(String rawFile, String importHash) {
		return rawFile + "#" + importHash;
	}

	/**
	 * Keeps how a file is read.
	 * @return when its readings come in: now, unless it was begun before
	 */
	Instant keep(String importHash, FoundFile file, Instant now) {
		Optional<KeptImport> begun = find(importHash);
		if (begun.isPresent()) {
			return begun.get().collected();
		}
		this.raw.keepImport(importHash, this.json.writeValueAsBytes(file.kept(now)));
		return now;
	}

	/** How it was read; empty where that was not kept. */
	Optional<KeptImport> find(String importHash) {
		return this.raw.importOf(importHash).map((bytes) -> this.json.readValue(bytes, KeptImport.class));
	}

}
