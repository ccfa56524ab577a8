package io.isobar.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.isobar.jobs.StepProgress;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;

import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** What is read of a topic, and how much of it is in memory. */
class ReplayTopicTests {

	private static final TopicPartition PARTITION = new TopicPartition("weather", 0);

	private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("none");

	private final List<Integer> written = new ArrayList<>();

	@Test
	void whereTransactionsHaveLeftMarksNothingIsWaitedFor() throws Exception {
		comes(0, new byte[10]);
		// Behind it is no message, though the partition is longer
		this.kafka.schedulePollTask(() -> this.kafka.seek(PARTITION, 2));

		assertThat(replay(2)).isEqualTo(RepeatStatus.FINISHED);

		assertThat(this.written).containsExactly(1);
	}

	@Test
	void largeMessagesAreWrittenAsTheyCome() throws Exception {
		for (int i = 0; i < 20; i++) {
			comes(i, new byte[1024 * 1024]);
		}

		assertThat(replay(20)).isEqualTo(RepeatStatus.FINISHED);

		assertThat(this.written).startsWith(17).endsWith(1, 1, 1);
	}

	/** One message with each answer. */
	private void comes(long offset, byte[] value) {
		this.kafka
			.schedulePollTask(() -> this.kafka.addRecord(new ConsumerRecord<>("weather", 0, offset, null, value)));
	}

	@SuppressWarnings("NullAway")
	private RepeatStatus replay(long end) throws Exception {
		this.kafka.updatePartitions("weather", List.of(new PartitionInfo("weather", 0, null, null, null)));
		this.kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));
		this.kafka.updateEndOffsets(Map.of(PARTITION, end));
		KafkaClients clients = mock(Answers.RETURNS_DEEP_STUBS);
		given(clients.reader()).willReturn(this.kafka);
		given(clients.admin().describeTopics(List.of("weather")).allTopicNames())
			.willReturn(KafkaFuture.completedFuture(
					Map.of("weather", new TopicDescription("weather", false, List.of(), Set.of(), Uuid.ONE_UUID))));
		ReplayTopic topic = new ReplayTopic("weather", clients, () -> Replayed.inAnyOrder((raws) -> {
			this.written.add(raws.size());
			return raws.size();
		}), mock(StepProgress.class));
		StepExecution step = mock();
		given(step.getExecutionContext()).willReturn(new ExecutionContext());
		StepContribution contribution = new StepContribution(step);
		return topic.execute(contribution, mock(ChunkContext.class));
	}

}
