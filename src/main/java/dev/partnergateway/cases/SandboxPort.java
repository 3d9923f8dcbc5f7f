package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The sandbox's control interface, as everybody uses it: over HTTP. */
final class SandboxPort {

    /** Calls by which a key is checked; nothing is done with them. */
    private static final Set<String> KEY_CHECKS = Set.of("integrationGetAllCampaigns", "authPing");

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpPort port;

    SandboxPort(int number) {
        this.port = new HttpPort(number);
    }

    String address() {
        return "http://127.0.0.1:" + port.number();
    }

    /** Back to the seed, without faults; calls to the Management API need not wait for each other. */
    void reset() {
        tell("POST", "/sandbox/reset", null);
        tell(
                "PUT",
                "/sandbox/limits",
                JsonNodeFactory.instance
                        .objectNode()
                        .put("managementPerSecond", 0)
                        .put("parallelPerProfile", 3));
    }

    void forgetCalls() {
        tell("DELETE", "/sandbox/calls", null);
    }

    void fault(JsonNode fault) {
        tell("POST", "/sandbox/faults", fault);
    }

    /** Calls received, oldest first. */
    List<JsonNode> calls() {
        return calls("/sandbox/calls");
    }

    /** As the other, each with its answer. */
    List<JsonNode> answeredCalls() {
        return calls("/sandbox/calls?answers=true");
    }

    private List<JsonNode> calls(String page) {
        List<JsonNode> calls = new ArrayList<>();
        port.send("GET", page, null).json().forEach(calls::add);
        return calls;
    }

    /** Calls received for what partners wanted: without those by which a key is checked. */
    List<JsonNode> work() {
        return calls().stream()
                .filter(call -> !KEY_CHECKS.contains(call.path("operation").asText()))
                .toList();
    }

    /** The callback that its receiver gets next, for which it waits some seconds; a missing node when none comes. */
    JsonNode callback() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            JsonNode received = port.send("GET", "/sandbox/callbacks", null).json();
            if (!received.isEmpty()) {
                tell("DELETE", "/sandbox/callbacks", null);
                return received.get(0);
            }
            Thread.onSpinWait();
        }
        return MissingNode.getInstance();
    }

    /**
     * Tells it something.
     *
     * @throws IllegalArgumentException with its own words, when it does not take it
     */
    void tell(String method, String path, JsonNode json) {
        Reply reply = port.send(method, path, json);
        if (reply.status() / 100 != 2) {
            throw new IllegalArgumentException(
                    "the sandbox does not take " + method + " " + path + ": " + reply.text());
        }
    }
}
