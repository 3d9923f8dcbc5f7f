package dev.partnergateway.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Kafka;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A queue that cannot work as it is set stops the start, with a sentence that says what to do. */
class QueueSettingsTest {

    private static final Map<String, String> COMPLETE = Map.of(
            "gateway.kafka.brokers", "localhost:1",
            "gateway.store.encryption-keys", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");

    private static String refused(Map<String, String> base, String name, String value) {
        Map<String, String> settings = new HashMap<>(base);
        settings.put(name, value);
        return assertThrows(IllegalStateException.class, () -> GatewayUnderTest.start(settings)
                        .close())
                .getCause()
                .getMessage();
    }

    @Test
    void anOperationWhoseAnswerDependsOnTalonOneIsRefused() {
        Map<String, String> settings = new HashMap<>(COMPLETE);
        settings.put("gateway.queue.segment/v2/events", "kafka");
        settings.put("gateway.queue.cdp-updatecustomerprofilesaudiences", "kafka");
        assertEquals(
                List.of(
                        "gateway.queue.segment-trackeventv2: calls of segment/trackEventV2 cannot be queued, because"
                                + " their answer depends on Talon.One's.",
                        "gateway.queue.segment/v2/events: no contract has an operation of this name."),
                refused(settings, "gateway.queue.segment-trackeventv2", "kafka")
                        .lines()
                        .toList());
    }

    @Test
    void whatTheQueueNeedsIsNamed() {
        assertTrue(refused(Map.of(), "gateway.queue." + Calls.POINTS, "kafka").contains("gateway.kafka.brokers"));
        assertTrue(refused(Map.of("gateway.kafka.brokers", "localhost:1"), "gateway.queue." + Calls.POINTS, "kafka")
                .contains("gateway.store.encryption-keys"));
        assertTrue(refused(Map.of(), "gateway.kafka.events-topic", "events").contains("gateway.kafka.brokers"));
        assertTrue(refused(COMPLETE, "gateway.queue." + Calls.POINTS, "rabbit").contains("kafka or direct"));
    }

    @Test
    void aTopicThatIsNotThereStopsTheStartWithTheCommandThatMakesIt() {
        Map<String, String> settings = new HashMap<>(COMPLETE);
        settings.put("gateway.kafka.brokers", Kafka.shared().brokers());
        settings.put("gateway.kafka.queue-topic", "nobody.made.it");
        String sentence = refused(settings, "gateway.queue." + Calls.POINTS, "kafka");
        assertTrue(sentence.contains("kafka-topics.sh --create --topic nobody.made.it"), sentence);
    }
}
