package dev.partnergateway.telemetry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.call.Json;
import dev.partnergateway.call.PartnerCall;
import dev.partnergateway.kafka.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Publishes a CloudEvent (1.0, structured JSON) when a call is accepted and when it is answered, so that other systems can
 * follow. An event names no person, key or code. No call waits for one: what Kafka does not take fast enough is counted
 * and left out.
 */
public final class CallEvents implements AutoCloseable {

    private static final String SOURCE = "/partner-gateway";
    private static final String TYPE = "dev.partnergateway.call.";
    private static final Map<String, String> HEADERS =
            Map.of("content-type", "application/cloudevents+json; charset=UTF-8");

    private static final int MOST_WAITING = 10_000;
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final Topic topic;
    private final MeterRegistry meters;
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> new Thread(task, "call-events"));

    /** Publishes to a topic. */
    public CallEvents(Topic topic, MeterRegistry meters) {
        this.topic = topic;
        this.meters = meters;
        for (String result : new String[] {"published", "failed", "dropped"}) {
            count(result, 0);
        }
    }

    void accepted(PartnerCall call) {
        publish("accepted", call, data(call));
    }

    void answered(PartnerCall call, int status, Duration duration) {
        publish("answered", call, data(call).put("status", status).put("milliseconds", duration.toMillis()));
    }

    private static ObjectNode data(PartnerCall call) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("requestId", call.requestId());
        if (call.operation() != null) {
            data.put("operation", call.operation().id());
        }
        if (call.hasDeployment()) {
            data.put("deployment", call.deployment().name());
        }
        return data;
    }

    private void publish(String what, PartnerCall call, ObjectNode data) {
        Instant now = Instant.now();
        try {
            writer.execute(() -> write(what, call.requestId(), now, data));
        } catch (RejectedExecutionException e) {
            count("dropped", 1);
        }
    }

    private void write(String what, String requestId, Instant time, ObjectNode data) {
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("specversion", "1.0")
                .put("id", requestId + '-' + what)
                .put("source", SOURCE)
                .put("type", TYPE + what)
                .put("time", time.toString())
                .put("datacontenttype", "application/json");
        event.set("data", data);
        topic.write(requestId, HEADERS, Json.write(event))
                .whenComplete((written, failure) -> count(failure == null ? "published" : "failed", 1));
    }

    private void count(String result, int more) {
        meters.counter("gateway.events", "result", result).increment(more);
    }

    /** Waits some seconds for events that are on their way. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writer.shutdownNow();
        }
    }
}
