package io.isobar.serving;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import io.isobar.lake.CrashPoint;
import io.isobar.lake.Lake;
import io.isobar.web.StoreUnavailable;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/** Writes the totals of customers as a file of the lake, whole or not at all. */
@Component
public class OrdersFile {

	private static final String FILE = "orders/serving_view.json";

	private final ServedOrders orders;

	private final Lake lake;

	private final JsonMapper json;

	OrdersFile(ServedOrders orders, Lake lake, JsonMapper json) {
		this.orders = orders;
		this.lake = lake;
		this.json = json;
	}

	/**
	 * What was written.
	 *
	 * @param path where it lies, with the address of the file system
	 */
	public record Written(String path, int rows) {
	}

	/** Writes what is known at this moment, a JSON object in each line. */
	public Written write() {
		ServedOrders.Totals totals = this.orders.totals();
		Path target = this.lake.path(FILE);
		Path temporary = new Path(target.getParent(), "_serving_view.%s.part".formatted(UUID.randomUUID()));
		try {
			FileSystem files = this.lake.files();
			try (OutputStream out = new BufferedOutputStream(files.create(temporary, true))) {
				for (ServedOrders.CustomerTotal customer : totals.customers()) {
					Map<String, Object> line = new LinkedHashMap<>();
					line.put("customer", customer.customer());
					line.put("final_amount", plain(customer.all().amount()));
					out.write((this.json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
				}
			}
			CrashPoint.at("orders-file.written");
			replace(files, temporary, target);
			CrashPoint.at("orders-file.renamed");
		}
		catch (IOException ex) {
			throw new StoreUnavailable("HDFS", ex);
		}
		return new Written(target.toString(), totals.customers().size());
	}

	/** Who reads it sees the one before, or this one. */
	private static void replace(FileSystem files, Path temporary, Path target) throws IOException {
		FileContext.getFileContext(files.getUri(), files.getConf()).rename(temporary, target, Options.Rename.OVERWRITE);
	}

	/** As people write it: {@code 80}, {@code 12.5}, never {@code 8E+1}. */
	public static BigDecimal plain(BigDecimal amount) {
		BigDecimal stripped = amount.stripTrailingZeros();
		return (stripped.scale() < 0) ? stripped.setScale(0) : stripped;
	}

}
