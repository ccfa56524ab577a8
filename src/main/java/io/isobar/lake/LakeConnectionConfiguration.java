package io.isobar.lake;

import java.net.URI;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;

/**
 * The lake is at {@code isobar.lake.uri}, unless something that runs a file system itself
 * says where it is.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ LakeConnectionSettings.class, LakeSettings.class })
class LakeConnectionConfiguration {

	// A fallback bean, as a condition on a missing bean would depend on the order of
	// scanning
	@Bean
	@Fallback
	LakeConnectionDetails configuredLake(LakeConnectionSettings settings) {
		return () -> {
			URI uri = settings.uri();
			if (uri == null) {
				throw new IllegalStateException("The lake has no address, as isobar.lake.uri is not set. "
						+ "Set it (ISOBAR_LAKE_URI) to the name node, such as hdfs://namenode:8020.");
			}
			return uri;
		};
	}

}
