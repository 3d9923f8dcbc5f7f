package dev.partnergateway.kafka;

import dev.partnergateway.settings.KafkaSettings;
import java.util.List;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Makes clients that read a topic, with all that the operator has set for camel-kafka. They are Kafka's own: camel-kafka's
 * consumer commits by its own rules, reads on from where it has committed and holds a rebalance up behind its slowest
 * record, and the queue promises an order and a fence that need all three otherwise.
 */
public final class Reading {

    private static final String PATIENCE_MILLIS = "5000";

    private final Properties properties = new Properties();
    private final String topic;

    /** Nothing is connected yet. */
    public Reading(CamelContext camel, KafkaSettings settings, String topic) {
        this.topic = topic;
        KafkaEndpoint endpoint = Topic.endpoint(camel, settings, topic, "&groupId=" + settings.group());
        properties.putAll(endpoint.getConfiguration().createConsumerProperties());
        endpoint.updateClassProperties(properties);
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.brokers());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "200");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        properties.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
    }

    /** Name of the topic. */
    public String topic() {
        return topic;
    }

    /** A member of the group that shares the topic's partitions. */
    public KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(properties);
    }

    /** Asks the brokers about the topic. */
    Admin admin() {
        Properties settings = new Properties();
        AdminClientConfig.configNames().forEach(name -> {
            if (properties.containsKey(name)) {
                settings.put(name, properties.get(name));
            }
        });
        settings.remove("metric.reporters");
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        return Admin.create(settings);
    }
}
