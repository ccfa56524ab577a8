package io.isobar.lake;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the lake is, if nothing else says so.
 *
 * @param uri address of the file system, such as {@code hdfs://namenode:8020}
 */
@ConfigurationProperties("isobar.lake")
record LakeConnectionSettings(@Nullable URI uri) {

}
