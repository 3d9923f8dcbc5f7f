package dev.partnergateway.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.partnergateway.fuzz.GoodCalls.Good;
import dev.partnergateway.fuzz.GoodCalls.Pair;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Malformed and boundary calls of every operation, made at random from one that succeeds. Whatever comes: never a 5xx,
 * always the documented body, nothing changed at Talon.One by a call that is answered 4xx, no placeholder expanded.
 *
 * <p>{@code -Dfuzz.requests=100000} for the long form; {@code -Dfuzz.seed=...} repeats a run.
 */
class ContractFuzzTest {

    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 1500);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    /** What would appear wherever a placeholder of a caller was expanded. */
    private static final String CANARY = "canary-4f1c";

    /**
     * A missing attribute may be created for a call that Talon.One refuses afterwards (docs/behaviour.md#attributes).
     */
    private static final List<String> BEFORE_THE_CALL = List.of("createAttribute", "createAudienceV2");

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "0",
            "-1",
            "1",
            "1.0",
            "1e3",
            "00",
            "+5",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "true",
            "TRUE",
            "null",
            "undefined",
            "NaN",
            "[]",
            "{}",
            "[1,\"a\"]",
            "{\"a\":1}",
            "\"quoted\"",
            "'; DROP TABLE answer; --",
            "../../../etc/passwd",
            "..",
            ".",
            "a/b",
            "a%2Fb",
            "a?b#c",
            "{{sys:fuzz.canary}}",
            "${sys:fuzz.canary}",
            "{{env:PATH}}",
            "#{fuzz.canary}",
            "${{fuzz.canary}}",
            "${jndi:ldap://127.0.0.1/a}",
            "\u0000",
            "a\u0000b",
            "\r\nX-Injected: 1",
            "\u00e9\u4e2d\ud83d\ude00",
            "\u202e\ufeff",
            "<script>alert(1)</script>",
            "2026-02-30T00:00:00Z",
            "2026-01-01T00:00:00Z",
            "0000-00-00T00:00:00Z",
            "P99999999Y",
            "99999999999999999999D",
            "immediate",
            "sandbox.example",
            "x".repeat(101),
            "x".repeat(1001),
            "x".repeat(5000));

    private static final List<String> JSONS = List.of(
            "null",
            "true",
            "0",
            "-0",
            "-1",
            "1.5",
            "1e-400",
            "1e400",
            "12345678901234567890123456789",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "[{}]",
            "{\"\":\"\"}",
            "{\"a\":{\"b\":{\"c\":[1,2,{\"d\":null}]}}}",
            "[" + "1,".repeat(1001) + "1]",
            "[" + "{},".repeat(1000) + "{}]");

    private final Random random = new Random(SEED);
    private final Map<Integer, Integer> answers = new TreeMap<>();

    /** A call on its way to being malformed. */
    private static final class Shape {
        private String method;
        private String target;
        private final List<Pair> query = new ArrayList<>();
        private final List<Pair> headers = new ArrayList<>();
        private byte[] body;

        private Shape(Good good) {
            method = good.operation().method();
            target = good.path();
            query.addAll(good.query());
            headers.addAll(good.headers());
            body = good.bodyBytes();
        }
    }

    @Test
    void noCallBreaksTheGateway() throws IOException {
        System.setProperty("fuzz.canary", CANARY);
        List<Good> goods = GoodCalls.all();
        try (GatewayUnderTest gateway = GatewayUnderTest.start(Map.of(
                        "gateway.deadline", "60000",
                        "gateway.deadline.braze", "60000",
                        "gateway.sweep-interval", "999999999",
                        "gateway.deployments.sandboxed.host", "unused.example",
                        "gateway.deployments.sandboxed.create-attributes", "true"));
                Wire wire = new Wire(gateway.partner().port())) {
            gateway.sandbox().limits("{\"managementPerSecond\":0}");
            for (int i = 0; i < REQUESTS; i++) {
                Good good = goods.get(i % goods.size());
                Shape shape = shape(good);
                String head = GoodCalls.head(
                        shape.method, GoodCalls.target(shape.target, shape.query), shape.headers, shape.body.length);
                Http.Answer answer = wire.send(head, shape.body);
                check(gateway, "-Dfuzz.seed=" + SEED + ", call " + i + ": " + head + text(shape.body), answer);
                if (i % 5000 == 4999) {
                    gateway.sandbox().reset();
                    gateway.sandbox().limits("{\"managementPerSecond\":0}");
                }
            }
        } finally {
            System.clearProperty("fuzz.canary");
        }
        System.out.println(REQUESTS + " calls of " + goods.size() + " operations with -Dfuzz.seed=" + SEED
                + ", answers by status (0 = closed without one): " + answers);
        assertTrue(answers.getOrDefault(400, 0) > REQUESTS / 10, "most calls are malformed: " + answers);
        assertTrue(answers.getOrDefault(200, 0) > REQUESTS / 100, "some calls are good: " + answers);
    }

    private void check(GatewayUnderTest gateway, String at, Http.Answer answer) throws IOException {
        assertNotNull(answer, at);
        int status = answer.status();
        answers.merge(status, 1, Integer::sum);
        assertTrue(status >= 200 && status < 500, () -> at + "\n was answered " + status + " " + answer.text());
        assertEquals("no-store", answer.header("Cache-Control"), at);
        assertFalse(answer.text().contains(CANARY), at);
        List<JsonNode> calls = gateway.sandbox().calls();
        if (!calls.isEmpty()) {
            gateway.sandbox().forgetCalls();
        }
        assertFalse(calls.toString().contains(CANARY), at);
        if (status >= 400) {
            assertEquals("application/json", answer.header("Content-Type"), at);
            if (answer.body().length > 0) {
                JsonNode body = answer.json();
                assertEquals(3, body.size(), at);
                assertEquals(status, body.path("StatusCode").asInt(), at);
                assertEquals(
                        answer.header("X-Request-Id"), body.path("RequestUUID").asText(), at);
                assertFalse(body.path("Error").asText().isBlank(), at);
            }
            for (JsonNode call : calls) {
                boolean reads = call.path("method").asText().equals("GET")
                        || call.path("operation").asText().startsWith("search");
                boolean done = call.path("status").asInt() / 100 == 2;
                assertTrue(
                        reads
                                || !done
                                || BEFORE_THE_CALL.contains(
                                        call.path("operation").asText()),
                        () -> at + "\n was answered " + status + " " + answer.text() + " after " + call);
            }
        } else if (status != 204) {
            assertEquals("application/json", answer.header("Content-Type"), at);
            assertTrue(answer.json().isContainerNode(), at);
        }
    }

    private Shape shape(Good good) {
        Shape shape = new Shape(good);
        int changes = 1 + random.nextInt(2);
        for (int i = 0; i < changes; i++) {
            int kind = random.nextInt(20);
            if (kind < 10 && good.body() != null) {
                shape.body = changed(good.body()).getBytes(StandardCharsets.UTF_8);
            } else if (kind < 12 && shape.body.length > 0) {
                shape.body = damaged(shape.body);
            } else if (kind < 15 && !shape.query.isEmpty()) {
                change(shape.query, false);
            } else if (kind < 17 && !shape.headers.isEmpty()) {
                change(shape.headers, true);
            } else if (kind == 17) {
                shape.target = path(shape.target);
            } else if (kind == 18) {
                shape.query.add(new Pair(one(List.of(".", "_", ".name", "_age", "name", "a b", "\u00e9")), text()));
            } else {
                shape.method = one(List.of("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "X"));
            }
        }
        return shape;
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String text() {
        return one(TEXTS);
    }

    /** Changes one member somewhere in a document. */
    private String changed(JsonNode body) {
        JsonNode copy = body.deepCopy();
        List<JsonNode> containers = new ArrayList<>();
        collect(copy, containers);
        JsonNode place = one(containers);
        if (place instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.isEmpty() ? "a" : one(names);
            switch (random.nextInt(5)) {
                case 0 -> object.remove(name);
                case 1 -> object.put(name, text());
                case 2 -> object.put(one(List.of(".a", "_b", "", "__proto__", "unknown", "\u0000")), text());
                case 3 -> {
                    object.put(name, "@@RAW@@");
                    return copy.toString().replace("\"@@RAW@@\"", one(JSONS));
                }
                default -> {
                    object.put(name, "@@RAW@@");
                    return copy.toString().replace("\"@@RAW@@\"", "1,\"" + name.replace("\"", "") + "\":2");
                }
            }
        } else if (place instanceof ArrayNode array) {
            array.add(text());
        }
        return copy.toString();
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private byte[] damaged(byte[] body) {
        byte[] damaged = body.clone();
        switch (random.nextInt(4)) {
            case 0 -> damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            case 1 -> damaged = java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length));
            case 2 -> damaged = (text(body) + text(body)).getBytes(StandardCharsets.UTF_8);
            default -> damaged = one(JSONS).getBytes(StandardCharsets.UTF_8);
        }
        return damaged;
    }

    private void change(List<Pair> pairs, boolean header) {
        int at = random.nextInt(pairs.size());
        Pair pair = pairs.get(at);
        switch (random.nextInt(4)) {
            case 0 -> pairs.remove(at);
            case 1 -> pairs.add(pair);
            case 2 -> pairs.set(at, new Pair(pair.name().toUpperCase(java.util.Locale.ROOT), pair.value()));
            default -> pairs.set(at, new Pair(pair.name(), header ? headerText(pair.value()) : text()));
        }
    }

    /** What may stand on a header's line; broken lines are HttpToTheLetterTest's. */
    private String headerText(String good) {
        String basic =
                "Basic " + Base64.getEncoder().encodeToString(("ApiKey-v1:" + text()).getBytes(StandardCharsets.UTF_8));
        return one(List.of(
                text().replaceAll("[\\x00-\\x1f\\x7f]|[^\\x00-\\xff]", "~"),
                good + " ",
                good + "," + good,
                good.toUpperCase(java.util.Locale.ROOT),
                "ApiKey-v1 " + "k".repeat(600),
                "text/plain;charset=utf-16",
                "application/json; charset=\"utf-8\"",
                basic));
    }

    private String path(String path) {
        int slash = path.lastIndexOf('/');
        String segment = GoodCalls.encoded(text()).replace("+", "%20");
        return switch (random.nextInt(6)) {
            case 0 -> path + "/";
            case 1 -> path + "/" + segment;
            case 2 -> path.substring(0, slash + 1) + segment;
            case 3 -> path.substring(0, slash + 1) + "%ZZ";
            case 4 -> path.replace("/", "//");
            default -> path.substring(0, slash + 1) + "%C0%AF" + path.substring(slash + 1);
        };
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
