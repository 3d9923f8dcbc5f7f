package dev.partnergateway.doctor;

import dev.partnergateway.doctor.Finding.Result;
import dev.partnergateway.settings.KafkaSettings;
import dev.partnergateway.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks at the brokers and the topics on them; makes none, and reads and writes no record. */
final class BrokerDoctor {

    private static final int PATIENCE_MILLIS = 8000;

    /** As many gateways as share the work of most. */
    private static final int FEW = 4;

    private static final String OF_CAMEL = "camel.component.kafka.";

    private final Settings settings;
    private final KafkaSettings kafka;
    private final Consumer<Finding> found;

    BrokerDoctor(Settings settings, KafkaSettings kafka, Consumer<Finding> found) {
        this.settings = settings;
        this.kafka = kafka;
        this.found = found;
    }

    private void found(String of, String what, Result result, String sentence) {
        found.accept(new Finding(of, what, result, sentence));
    }

    void look() throws InterruptedException {
        try (Admin admin = Admin.create(properties())) {
            int nodes;
            try {
                nodes = admin.describeCluster()
                        .nodes()
                        .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                        .size();
            } catch (ExecutionException | TimeoutException e) {
                found(
                        "brokers",
                        "connection",
                        Result.FAILED,
                        kafka.brokers() + " do not answer: " + text(e)
                                + "; look at gateway.kafka.brokers and camel.component.kafka.*");
                return;
            }
            found(
                    "brokers",
                    "connection",
                    Result.OK,
                    kafka.brokers() + ", " + nodes + (nodes == 1 ? " node" : " nodes"));
            topics(admin, nodes);
        } catch (KafkaException e) {
            found("brokers", "settings", Result.FAILED, "no client can be made: " + text(e));
        }
    }

    /** What camel-kafka is told is told to this client, too: its names are Kafka's with other signs between words. */
    private Properties properties() {
        Properties properties = new Properties();
        settings.camel().stringPropertyNames().stream()
                .filter(name -> name.startsWith(OF_CAMEL))
                .map(name -> name.substring(OF_CAMEL.length()))
                .filter(name -> name.matches("(?i)(ssl|sasl|security).*"))
                .forEach(name -> properties.setProperty(
                        name.replaceAll("([a-z])([A-Z])", "$1.$2")
                                .replace('-', '.')
                                .toLowerCase(Locale.ROOT),
                        settings.camel().getProperty(OF_CAMEL + name)));
        properties.setProperty("bootstrap.servers", kafka.brokers());
        properties.setProperty("default.api.timeout.ms", Integer.toString(PATIENCE_MILLIS));
        properties.setProperty("request.timeout.ms", Integer.toString(PATIENCE_MILLIS / 2));
        return properties;
    }

    private void topics(Admin admin, int nodes) throws InterruptedException {
        List<String> names = new ArrayList<>();
        if (!settings.queued().isEmpty()) {
            names.add(kafka.queueTopic());
        }
        if (!kafka.eventsTopic().isEmpty()) {
            names.add(kafka.eventsTopic());
        }
        if (names.isEmpty()) {
            found(
                    "brokers",
                    "topics",
                    Result.WARNING,
                    "no operation is queued and no events are published: nothing is" + " written there");
        }
        for (String name : names) {
            String of = "topic " + name;
            try {
                TopicDescription topic = admin.describeTopics(List.of(name))
                        .allTopicNames()
                        .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                        .get(name);
                topic(of, topic, nodes, name.equals(kafka.queueTopic()));
            } catch (ExecutionException | TimeoutException e) {
                boolean missing = e.getCause() instanceof UnknownTopicOrPartitionException;
                found(
                        of,
                        "there",
                        missing ? Result.WARNING : Result.FAILED,
                        missing
                                ? "it is not there: make it; brokers that make topics by themselves give them too little"
                                : "it cannot be looked at: " + text(e));
            }
        }
    }

    private void topic(String of, TopicDescription topic, int nodes, boolean queue) {
        int partitions = topic.partitions().size();
        int copies = topic.partitions().get(0).replicas().size();
        boolean few = queue && partitions < FEW;
        found(
                of,
                "partitions",
                few ? Result.WARNING : Result.OK,
                partitions + (few ? ": no more gateways than that share the queue's work" : ""));
        boolean alone = copies < 2 && nodes > 1;
        found(
                of,
                "copies",
                alone ? Result.WARNING : Result.OK,
                copies + (alone ? ": what is in it is lost with one broker" : ""));
        boolean behind = topic.partitions().stream()
                .anyMatch(partition ->
                        partition.isr().size() < partition.replicas().size());
        if (behind) {
            found(of, "copies", Result.WARNING, "some are behind");
        }
    }

    private static String text(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
