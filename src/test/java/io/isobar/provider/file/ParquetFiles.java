package io.isobar.provider.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Parquet files written for tests. */
final class ParquetFiles {

	private ParquetFiles() {
	}

	/** A file of these columns with these rows. */
	@SafeVarargs
	static Path write(Path file, String columns, Consumer<Group>... rows) throws IOException {
		MessageType schema = MessageTypeParser.parseMessageType("message readings { %s }".formatted(columns));
		SimpleGroupFactory groups = new SimpleGroupFactory(schema);
		try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
			.withConf(new Configuration(false))
			.withType(schema)
			.build()) {
			for (Consumer<Group> row : rows) {
				Group group = groups.newGroup();
				row.accept(group);
				writer.write(group);
			}
		}
		return file;
	}

}
