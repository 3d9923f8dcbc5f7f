package dev.partnergateway.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks whether a topic keeps what is promised of the queue. */
public final class TopicCheck {

    private static final Duration LEAST_RETENTION = Duration.ofDays(7);
    private static final int LEAST_BYTES = 1_048_588;

    private final Reading reading;

    /** Looks at the topic that is read. */
    public TopicCheck(Reading reading) {
        this.reading = reading;
    }

    /**
     * What is there.
     *
     * @param id Kafka's own id of the topic; its name where brokers give none
     * @param largest bytes that a record may have
     * @param longest milliseconds after which a record that was not read is forgotten; -1 = never
     * @param advice what the operator had better change, a sentence each
     */
    public record Found(String id, int largest, long longest, List<String> advice) {}

    /**
     * Asks the brokers.
     *
     * @throws Missing when there is no such topic
     * @throws KafkaException when the brokers do not tell
     */
    public Found look() throws Missing {
        try (Admin admin = reading.admin()) {
            String topic = reading.topic();
            TopicDescription there =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            Config config = config(admin, resource);
            return found(topic, there, config);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new Missing(reading.topic());
            }
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(e);
        }
    }

    /** Who may read and write a topic may still not be allowed to see how it is set up. */
    private static Config config(Admin admin, ConfigResource resource) throws InterruptedException {
        try {
            return admin.describeConfigs(List.of(resource)).all().get().get(resource);
        } catch (ExecutionException e) {
            return new Config(List.of());
        }
    }

    private static Found found(String topic, TopicDescription there, Config config) {
        List<String> advice = new ArrayList<>();
        int replicas = there.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        if (replicas < 2) {
            advice.add("Topic " + topic + " has one replica: accepted calls are gone with its broker. Make it with"
                    + " --replication-factor 3.");
        }
        long inSync = number(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, 2);
        if (replicas >= 2 && (inSync < 2 || inSync >= replicas)) {
            advice.add("Topic " + topic + " has min.insync.replicas=" + inSync + " with " + replicas
                    + " replicas: set it to " + Math.max(2, replicas - 1)
                    + (inSync < 2
                            ? ", or a call counts as accepted that one broker alone has."
                            : ", or no call is accepted while one broker is away."));
        }
        long retention = number(config, TopicConfig.RETENTION_MS_CONFIG, -1);
        if (retention >= 0 && retention < LEAST_RETENTION.toMillis()) {
            advice.add("Topic " + topic + " forgets records after "
                    + Duration.ofMillis(retention).toHours() + " hours, read or not: set retention.ms=1209600000.");
        }
        if (!policy(config).equals("delete")) {
            advice.add("Topic " + topic + " has cleanup.policy=" + policy(config)
                    + ", which drops calls: set cleanup.policy=delete.");
        }
        String id = there.topicId() == null || there.topicId().equals(org.apache.kafka.common.Uuid.ZERO_UUID)
                ? topic
                : there.topicId().toString();
        int largest =
                (int) Math.min(Integer.MAX_VALUE, number(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, LEAST_BYTES));
        return new Found(id.length() > 40 ? id.substring(0, 40) : id, largest, retention, List.copyOf(advice));
    }

    private static String policy(Config config) {
        ConfigEntry entry = config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        return entry == null ? "delete" : entry.value();
    }

    private static long number(Config config, String name, long unknown) {
        ConfigEntry entry = config.get(name);
        return entry == null || entry.value() == null ? unknown : Long.parseLong(entry.value());
    }

    /** There is no such topic. */
    public static final class Missing extends Exception {

        Missing(String topic) {
            super("Kafka has no topic " + topic + ", and one that brokers make by themselves keeps too little. Make it:"
                    + " kafka-topics.sh --create --topic " + topic + " --partitions 24 --replication-factor 3"
                    + " --config min.insync.replicas=2 --config retention.ms=1209600000");
        }
    }
}
