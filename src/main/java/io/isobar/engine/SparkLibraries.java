package io.isobar.engine;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.shaded.guava.common.collect.ImmutableList;
import com.datastax.oss.protocol.internal.Frame;
import com.typesafe.config.ConfigFactory;
import io.delta.kernel.Snapshot;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.storage.LogStore;
import org.apache.commons.pool2.impl.GenericKeyedObjectPool;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.spark.kafka010.KafkaTokenUtil;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.kafka010.KafkaSourceProvider;
import org.hipparchus.clustering.Clusterer;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.util.FastMath;
import org.reactivestreams.Publisher;

/**
 * The libraries of the jobs that a Spark does not bring along. They are those on the
 * application's own class path, so nobody has to download them, and their versions are
 * the application's.
 */
public final class SparkLibraries {

	/** A class of each. */
	private static final List<Class<?>> LIBRARIES = List.of(DeltaLog.class, LogStore.class, Snapshot.class,
			DefaultEngine.class, Clusterer.class, StatUtils.class, FastMath.class, KafkaSourceProvider.class,
			KafkaTokenUtil.class, KafkaConsumer.class, GenericKeyedObjectPool.class, CqlSession.class, Frame.class,
			ImmutableList.class, ConfigFactory.class, Publisher.class);

	/** Where a library or a class lies in a jar of Spring Boot. */
	private static final Pattern NESTED = Pattern
		.compile("(?:jar:)?nested:(.+)/!(BOOT-INF/(?:lib|classes)/([^!]*))(?:!/)?");

	private SparkLibraries() {
	}

	/**
	 * The files of all libraries.
	 * @param folder where those are copied that lie within the application's jar
	 */
	public static List<Path> files(Path folder) throws IOException {
		List<Path> files = new ArrayList<>();
		for (Class<?> library : LIBRARIES) {
			files.add(file(library, folder));
		}
		return files;
	}

	private static Path file(Class<?> library, Path folder) throws IOException {
		Matcher nested = NESTED.matcher(location(library));
		if (!nested.matches()) {
			return path(library);
		}
		Path copy = folder.resolve(nested.group(3));
		try (JarFile jar = new JarFile(Path.of(nested.group(1)).toFile());
				InputStream entry = jar.getInputStream(jar.getEntry(nested.group(2)))) {
			Files.copy(entry, copy);
		}
		return copy;
	}

	/** The application's own jar, or the folder of its classes. */
	static Path application() {
		Matcher nested = NESTED.matcher(location(SparkLibraries.class));
		return (nested.matches()) ? Path.of(nested.group(1)) : path(SparkLibraries.class);
	}

	private static String location(Class<?> any) {
		return any.getProtectionDomain().getCodeSource().getLocation().toString();
	}

	private static Path path(Class<?> any) {
		return Path.of(URI.create(location(any)));
	}

}
