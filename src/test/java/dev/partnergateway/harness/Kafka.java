package dev.partnergateway.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real Kafka broker (KRaft, one node) inside this JVM. */
public final class Kafka implements AutoCloseable {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    private static Kafka shared;

    private final Properties settings = new Properties();
    private final int port = GatewayUnderTest.freePort();
    private KafkaRaftServer server;

    /** A broker of one's own, for who wants to stop it. */
    public Kafka() {
        int controller = GatewayUnderTest.freePort();
        try {
            Path log = Files.createTempDirectory("gateway-kafka");
            settings.putAll(Map.of(
                    "node.id", "1",
                    "process.roles", "broker,controller",
                    "controller.quorum.voters", "1@localhost:" + controller,
                    "controller.listener.names", "CONTROLLER",
                    "listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controller,
                    "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                    "log.dir", log.toString(),
                    "num.partitions", "4"));
            settings.putAll(Map.of(
                    "offsets.topic.replication.factor", "1",
                    "offsets.topic.num.partitions", "1",
                    "transaction.state.log.replication.factor", "1",
                    "group.initial.rebalance.delay.ms", "0",
                    "group.min.session.timeout.ms", "1000",
                    "log.cleaner.dedupe.buffer.size", "2097152"));
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .addDirectory(log.toString())
                    .setMetadataLogDirectory(log.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("Kafka's directory could not be made", e);
        }
        start();
    }

    /** The broker that tests share which leave it running; it lives as long as the JVM. */
    public static synchronized Kafka shared() {
        if (shared == null) {
            shared = new Kafka();
        }
        return shared;
    }

    /** Starts it again, on the same port with the same records. */
    public void start() {
        server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
    }

    /** Stops it; nobody can reach it then. */
    public void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    @Override
    public void close() {
        stop();
    }

    /** Settings of a gateway that queues calls of some operations in topics of its own. */
    public Map<String, String> queue(String... operations) {
        String name = "test-" + TOPICS.incrementAndGet();
        make(name + ".calls", 4);
        Map<String, String> gateway = new HashMap<>();
        gateway.put("gateway.kafka.brokers", brokers());
        gateway.put("gateway.kafka.queue-topic", name + ".calls");
        gateway.put("gateway.kafka.group", name);
        gateway.put("gateway.store.encryption-keys", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        gateway.put("gateway.sweep-interval", "50");
        for (String operation : operations) {
            gateway.put("gateway.queue." + operation, "kafka");
        }
        return gateway;
    }

    /** Makes a topic. */
    public void make(String topic, int partitions) {
        try (Admin admin = Admin.create(client())) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every record that a topic holds now. */
    public List<ConsumerRecord<String, byte[]>> records(String topic) {
        Properties client = client();
        client.put("enable.auto.commit", "false");
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            while (records.size() < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    /** Writes a record, as whoever may write to the topic could. */
    public void write(ProducerRecord<String, byte[]> record) {
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(client(), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(record).get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Properties client() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", brokers());
        return properties;
    }

    /** Where it is. */
    public String brokers() {
        return "localhost:" + port;
    }
}
