package dev.partnergateway.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.partnergateway.harness.Kafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of topics, as whoever may read and write there sees them. */
final class Records {

    private Records() {}

    /** The one of a call. */
    static ConsumerRecord<String, byte[]> of(List<ConsumerRecord<String, byte[]>> all, String requestId) {
        return all.stream()
                .filter(record -> header(record, "request-id").equals(requestId))
                .findFirst()
                .orElseThrow();
    }

    static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    static String header(ConsumerRecord<String, byte[]> record, String name) {
        return record.headers().lastHeader(name) == null
                ? ""
                : text(record.headers().lastHeader(name).value());
    }

    /** Writes one once more. */
    static void again(ConsumerRecord<String, byte[]> record) {
        Kafka.shared()
                .write(new ProducerRecord<>(
                        record.topic(), record.partition(), record.key(), record.value(), record.headers()));
    }

    /** What events of calls say. */
    static List<JsonNode> events(List<ConsumerRecord<String, byte[]>> all) {
        return all.stream()
                .peek(record ->
                        assertEquals("application/cloudevents+json; charset=UTF-8", header(record, "content-type")))
                .map(record -> json(record.value()))
                .toList();
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return new ObjectMapper().readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
