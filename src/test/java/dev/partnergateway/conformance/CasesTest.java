package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Logged;
import dev.partnergateway.harness.SandboxControl;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case of every integration, through the partner port, against the sandbox. */
class CasesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Calls that prove a key or read what is remembered; whether they are made depends on what still is. */
    private static final Set<String> PROOFS = Set.of(
            "integrationGetAllCampaigns",
            "getCampaign",
            "getLoyaltyProgram",
            "getAttributes",
            "getAudiences",
            "authPing");

    /** Keys, codes and persons of the sandbox. */
    private static final Pattern SECRET = Pattern.compile("sandbox-(management-)?key|DEMO-|FRIEND-|alice|\\bbob\\b");

    private static final Logged LOGGED = Logged.start();

    private GatewayUnderTest gateway;
    private SandboxControl sandbox;

    @TestFactory
    Stream<DynamicTest> everyCaseHolds() {
        return cases(GatewayUnderTest::shared);
    }

    @TestFactory
    Stream<DynamicTest> everyCaseHoldsOnPostgres() {
        return cases(GatewayUnderTest::sharedOnPostgres);
    }

    private Stream<DynamicTest> cases(Supplier<GatewayUnderTest> where) {
        List<Case> cases = Case.all();
        assertFalse(cases.isEmpty(), "no case was found");
        return cases.stream()
                .map(each -> DynamicTest.dynamicTest(each.integration() + ": " + each.name(), () -> {
                    gateway = where.get();
                    sandbox = gateway.sandbox();
                    run(each);
                }));
    }

    private void run(Case each) throws Exception {
        sandbox.reset();
        sandbox.limits("{\"managementPerSecond\":0,\"parallelPerProfile\":3}");
        String unique = UUID.randomUUID().toString();
        Expected expected = new Expected();
        Http.Answer previous = null;
        int number = 0;
        for (JsonNode raw : each.steps()) {
            JsonNode step = JSON.readTree(JSON.writeValueAsString(raw)
                    .replace("{{unique}}", unique)
                    .replace("{{sandbox}}", sandbox.address()));
            String at = each.name() + ", step " + ++number;
            for (JsonNode order : step.path("sandbox")) {
                sandbox.control(
                        order.path("method").asText(),
                        order.path("path").asText(),
                        order.has("json") ? order.get("json").toString() : null);
            }
            for (JsonNode fault : step.path("faults")) {
                sandbox.fault(fault.toString());
            }
            sandbox.forgetCalls();
            LOGGED.clear();
            Http.Answer answer = Case.send(gateway.partner(), step.path("call"));
            check(at, step.path("answer"), answer, previous, expected);
            assertNull(
                    AnswerContract.violation(
                            step.path("call").path("method").asText(),
                            step.path("call").path("path").asText(),
                            answer),
                    at + ": the answer is not as its OpenAPI file says: " + answer.text());
            upstream(at, step, expected);
            callback(at, step.path("callback"), expected);
            log(at, step.path("log"), expected);
            previous = answer;
        }
    }

    private static void check(String at, JsonNode wanted, Http.Answer answer, Http.Answer previous, Expected expected) {
        assertTrue(answer.header("X-Request-Id") != null, at + ": every answer has an X-Request-Id");
        assertEquals("no-store", answer.header("Cache-Control"), at);
        wanted.path("headers")
                .properties()
                .forEach(header -> assertEquals(header.getValue().asText(), answer.header(header.getKey()), at));
        if (wanted.asText().equals("repeat") || wanted.path("repeat").asBoolean()) {
            assertEquals(previous.status(), answer.status(), at + ": " + answer.text());
            assertArrayEquals(previous.body(), answer.body(), at + ": a repeat gets the same bytes");
            return;
        }
        assertEquals(wanted.path("status").asInt(), answer.status(), at + ": " + answer.text());
        if (answer.status() >= 400 && answer.body().length > 0) {
            assertEquals(answer.status(), answer.json().path("StatusCode").asInt(), at);
            assertEquals(
                    answer.header("X-Request-Id"),
                    answer.json().path("RequestUUID").asText(),
                    at);
            assertEquals(3, answer.json().size(), at + ": " + answer.text());
        }
        if (answer.status() == 204) {
            assertEquals(0, answer.body().length, at);
        } else {
            assertEquals("application/json", answer.header("Content-Type"), at);
        }
        if (wanted.has("error")) {
            assertNull(
                    expected.difference(
                            "Error", wanted.get("error"), answer.json().path("Error")),
                    at);
        }
        if (wanted.has("text")) {
            assertEquals(wanted.get("text").asText(), answer.text(), at);
        }
        if (wanted.has("json")) {
            assertNull(expected.difference("", wanted.get("json"), answer.json()), at);
        }
    }

    private void callback(String at, JsonNode wanted, Expected expected) {
        if (wanted.isMissingNode()) {
            return;
        }
        JsonNode got = sandbox.callback();
        wanted.path("headers")
                .properties()
                .forEach(header -> assertNull(
                        expected.difference(
                                "callback " + header.getKey(),
                                header.getValue(),
                                got.path("headers").path(header.getKey())),
                        at));
        assertNull(expected.difference("callback body", wanted.path("body"), got.path("body")), at);
    }

    private static void log(String at, JsonNode wanted, Expected expected) {
        List<String> lines = LOGGED.lines();
        assertTrue(
                wanted.isMissingNode()
                        || lines.stream()
                                .anyMatch(line -> expected.difference("log", wanted, TextNode.valueOf(line)) == null),
                () -> at + ": none of " + lines + " is " + wanted);
        assertEquals(
                List.of(),
                lines.stream().filter(line -> SECRET.matcher(line).find()).toList(),
                at + ": no key, code or person in the log");
    }

    private void upstream(String at, JsonNode step, Expected expected) {
        JsonNode wanted = step.path("upstream");
        List<JsonNode> calls = sandbox.calls();
        if (wanted.isTextual() && wanted.asText().equals("any")) {
            return;
        }
        if (wanted.isTextual() && wanted.asText().equals("none")) {
            assertEquals(List.of(), sandbox.work(), at + ": nothing is called");
            return;
        }
        List<JsonNode> relevant = calls.stream()
                .filter(call -> !PROOFS.contains(call.path("operation").asText()))
                .toList();
        Iterator<JsonNode> got = relevant.iterator();
        int size = 0;
        for (JsonNode want : wanted) {
            size += want.isArray() ? want.size() : 1;
        }
        assertEquals(size, relevant.size(), at + ": upstream calls " + relevant);
        for (JsonNode want : wanted) {
            if (want.isArray()) {
                sideBySide(at, want, got, expected);
            } else {
                assertNull(difference(want, got.next(), expected), at);
            }
        }
    }

    /** Calls that are made at the same time come in any order. */
    private static void sideBySide(String at, JsonNode wanted, Iterator<JsonNode> calls, Expected expected) {
        List<JsonNode> got = new ArrayList<>();
        wanted.forEach(each -> got.add(calls.next()));
        for (JsonNode want : wanted) {
            JsonNode match = got.stream()
                    .filter(call -> difference(want, call, expected) == null)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(at + ": none of " + got + " is " + want));
            got.remove(match);
        }
    }

    private static String difference(JsonNode want, JsonNode got, Expected expected) {
        for (String part : List.of("operation", "path", "query", "status", "body", "replayed")) {
            String difference =
                    want.has(part) ? expected.difference("upstream " + part, want.get(part), got.path(part)) : null;
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }
}
