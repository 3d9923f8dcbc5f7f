package dev.partnergateway.kafka;

import dev.partnergateway.settings.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic from its beginning to where it ends now; a route could only follow it for ever. */
public final class TopicReader {

    private static final int PATIENCE_MILLIS = 5000;
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Properties properties;
    private final String topic;

    /** Reads with the same settings as camel-kafka; nothing is connected yet. */
    public TopicReader(CamelContext camel, KafkaSettings settings, String topic) {
        KafkaEndpoint endpoint = Topic.endpoint(camel, settings, topic, "");
        this.topic = topic;
        this.properties = endpoint.getConfiguration().createConsumerProperties();
        endpoint.updateClassProperties(properties);
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.brokers());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "50");
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(PATIENCE_MILLIS));
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(PATIENCE_MILLIS));
    }

    /**
     * Reads every record, those of one key in their order.
     *
     * @throws org.apache.kafka.common.KafkaException when the brokers do not answer
     */
    public void read(Consumer<ConsumerRecord<String, byte[]>> each) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(properties)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> left = new HashMap<>(consumer.endOffsets(partitions));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = System.nanoTime() + LONGEST.toNanos();
            left.entrySet().removeIf(open -> consumer.position(open.getKey()) >= open.getValue());
            while (!left.isEmpty()) {
                if (System.nanoTime() > end) {
                    throw new org.apache.kafka.common.errors.TimeoutException("the topic " + topic + " has no end");
                }
                consumer.poll(POLL).forEach(each);
                left.entrySet().removeIf(open -> consumer.position(open.getKey()) >= open.getValue());
            }
        }
    }
}
