package io.isobar.serving;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with what another address has answered once, from memory, through all that the
 * application does with any request.
 */
@RestController
class SameBytes {

	private final Map<String, byte[]> answers = new ConcurrentHashMap<>();

	void keep(String name, byte[] answer) {
		this.answers.put(name, answer);
	}

	@GetMapping(path = "/api/views/same", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<byte[]> same(@RequestParam String of) {
		return ResponseEntity.ok(this.answers.get(of));
	}

}
