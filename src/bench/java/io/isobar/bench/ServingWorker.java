package io.isobar.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import io.isobar.serving.ServingLayer;
import org.jspecify.annotations.Nullable;

/** The application with its serving layer and its servers, in one warm process. */
final class ServingWorker {

	private @Nullable ServingLayer layer;

	private ServingWorker() {
	}

	public static void main(String[] args) throws IOException {
		ServingWorker worker = new ServingWorker();
		Worker.serve((words) -> worker.run(words.get(0), words.subList(1, words.size())));
		if (worker.layer != null) {
			worker.layer.close();
		}
		System.exit(0);
	}

	private Map<String, Double> run(String task, java.util.List<String> words) throws Exception {
		if (task.equals("start")) {
			this.layer = ServingLayer.start(Path.of(words.get(0)));
			return Map.of("port", (double) this.layer.port());
		}
		ServingLayer running = this.layer;
		if (running == null || !task.equals("keep")) {
			throw new IllegalArgumentException("The serving layer has no task " + task);
		}
		return Map.of("bytes", (double) running.keep(words.get(0), words.get(1)));
	}

}
