package io.isobar.lake;

import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LakeTests {

	@Test
	void aPathThatWasNotedIsFoundAlsoWhereTheLakeHasMoved() {
		assertThat(Lake.here("hdfs://127.0.0.1:8020/user/spark/orders")).isEqualTo(new Path("/user/spark/orders"));
		assertThat(Lake.here("/user/spark/orders")).isEqualTo(new Path("/user/spark/orders"));
	}

}
