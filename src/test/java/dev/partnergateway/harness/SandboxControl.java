package dev.partnergateway.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** The sandbox's control interface, over HTTP as everybody uses it. */
public final class SandboxControl {

    private static final Set<String> KEY_CHECKS = Set.of("integrationGetAllCampaigns", "authPing");

    private final Http http;

    /** That of a sandbox that listens there. */
    public SandboxControl(Http http) {
        this.http = http;
    }

    /** Back to the seed, without faults. */
    public void reset() {
        require(http.send("POST", "/sandbox/reset", ""));
    }

    /** Forgets the calls received so far. */
    public void forgetCalls() {
        require(http.send("DELETE", "/sandbox/calls", ""));
    }

    /** Calls received, oldest first. */
    public List<JsonNode> calls() {
        List<JsonNode> calls = new ArrayList<>();
        JsonNode json = http.send("GET", "/sandbox/calls", (String) null).json();
        (json.isArray() ? json : json.path("calls")).forEach(calls::add);
        return calls;
    }

    /** Calls received for what partners wanted, oldest first: without those by which a key is checked. */
    public List<JsonNode> work() {
        return calls().stream()
                .filter(call -> !KEY_CHECKS.contains(call.path("operation").asText()))
                .toList();
    }

    /** Calls received of one operation. */
    public List<JsonNode> calls(String operation) {
        return calls().stream()
                .filter(call -> call.path("operation").asText().equals(operation))
                .toList();
    }

    /** Makes the sandbox misbehave. */
    public void fault(String json) {
        require(http.send("POST", "/sandbox/faults", json, "Content-Type", "application/json"));
    }

    /** Ends all misbehaviour. */
    public void endFaults() {
        require(http.send("DELETE", "/sandbox/faults", ""));
    }

    /** How many calls have met a fault, by its kind. */
    public JsonNode faultsMet() {
        return http.send("GET", "/sandbox/faults", (String) null).json();
    }

    /** Changes its limits. */
    public void limits(String json) {
        require(http.send("PUT", "/sandbox/limits", json, "Content-Type", "application/json"));
    }

    /** Any other call to its control interface, which must succeed. */
    public void control(String method, String path, String json) {
        require(http.send(method, path, json, "Content-Type", "application/json"));
    }

    /** One of its ledgers, such as coupons. */
    public List<JsonNode> ledger(String name) {
        List<JsonNode> entries = new ArrayList<>();
        JsonNode json = http.send("GET", "/sandbox/" + name, (String) null).json();
        (json.isArray() ? json : json.path(name)).forEach(entries::add);
        return entries;
    }

    /** Where the sandbox is. */
    public String address() {
        return "http://127.0.0.1:" + http.port();
    }

    /** The callback that its receiver gets next; waits for it for some seconds. */
    public JsonNode callback() {
        AtomicReference<JsonNode> received = new AtomicReference<>();
        Await.until(() -> "no callback", () -> {
            received.set(http.send("GET", "/sandbox/callbacks", (String) null).json());
            return !received.get().isEmpty();
        });
        require(http.send("DELETE", "/sandbox/callbacks", ""));
        return received.get().get(0);
    }

    private static void require(Http.Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new AssertionError("the sandbox answered " + answer.status() + ": " + answer.text());
        }
    }
}
