package dev.partnergateway.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator finds of calls, and what a partner may ask of its own. */
class CallsSeenTest {

    private static final String KEY = "ApiKey-v1 sandbox-key-demo-shop";
    private static final String OTHER_KEY = "ApiKey-v1 sandbox-key-other-shop";

    /** A deployment like any other: it is the sandbox, and the gateway does not know it. */
    private static final String HOST = "acme.example";

    private static final String ID = "0".repeat(64);

    private static Map<String, String> settings;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        int sandbox = GatewayUnderTest.freePort();
        settings = new HashMap<>(Postgres.newStore());
        settings.putAll(Map.of(
                "gateway.deployments.acme.host", HOST,
                "gateway.deployments.acme.base-url", "http://localhost:" + sandbox,
                "gateway.deployments.acme.management-key", "sandbox-management-key",
                "gateway.deployments.acme.management-rate", "0",
                "gateway.sandbox.management-rate", "0",
                "gateway.sandbox.port", "" + sandbox,
                "gateway.deadline.braze", "20000",
                "gateway.calls.memory", "400000"));
        gateway = GatewayUnderTest.start(settings);
        gateway.sandbox().limits("{\"managementPerSecond\":0}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Http.Answer coupon(String host, String identifier, String recipient, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", KEY, "Content-Type", "application/json"));
        all.addAll(List.of(headers));
        String body = "{\"deploymentUrl\":\"" + host + "\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                + identifier + "\",\"integrationId\":\"" + recipient + "\"}";
        return gateway.partner().send("POST", "/braze/coupon", body, all.toArray(String[]::new));
    }

    private static JsonNode api(GatewayUnderTest of, String path) {
        Http.Answer answer = of.operator().send("GET", "/api" + path, (String) null);
        assertEquals(200, answer.status(), answer.text());
        return answer.json();
    }

    /** A call, as soon as it is over. */
    private static JsonNode call(GatewayUnderTest of, String id) {
        Await.until(
                () -> id + " is not seen",
                () -> of.operator()
                                .send("GET", "/api/calls/" + id, (String) null)
                                .status()
                        == 200);
        return api(of, "/calls/" + id);
    }

    private static List<String> kinds(JsonNode call) {
        List<String> kinds = new ArrayList<>();
        call.path("life")
                .path("events")
                .forEach(event -> kinds.add(
                        event.path("kind").asText() + " " + event.path("what").asText()));
        return kinds;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void aCallIsFoundByItsIdWithAllThatHappenedToIt() {
        Http.Answer answer = coupon(HOST, UUID.randomUUID().toString(), "carla", "X-Request-Id", "own-" + HOST);
        assertEquals(200, answer.status(), answer.text());
        JsonNode seen = call(gateway, answer.header("X-Request-Id"));
        assertEquals(200, seen.path("status").asInt());
        assertEquals("braze/createCoupon", seen.path("operation").asText());
        assertEquals("acme", seen.path("deployment").asText());
        assertEquals(1, seen.path("application").asInt());
        List<String> kinds = kinds(seen);
        assertTrue(kinds.stream().anyMatch(kind -> kind.matches("KEY asked|KEY remembered")), kinds.toString());
        assertTrue(kinds.contains("CHECKED braze/createCoupon"), kinds.toString());
        assertTrue(kinds.contains("CALLED createCoupons"), kinds.toString());
        assertTrue(kinds.contains("CLAIMED new"), kinds.toString());
        assertEquals(
                seen.path("requestId"), call(gateway, "own-" + HOST).path("requestId"), "by the caller's own id, too");
    }

    @Test
    void aRepeatTellsOfWhichCallItIsOne() {
        String identifier = UUID.randomUUID().toString();
        String first = coupon(HOST, identifier, "lena").header("X-Request-Id");
        String repeat = coupon(HOST, identifier, "lena").header("X-Request-Id");
        JsonNode seen = call(gateway, repeat);
        assertTrue(kinds(seen).stream().anyMatch(kind -> kind.startsWith("REPEAT stored since 20")), seen.toString());
        assertEquals(call(gateway, first).path("claim"), seen.path("claim"));
        assertEquals(first, seen.path("sameKey").path(0).path("requestId").asText(), seen.toString());
    }

    @Test
    void ofWhatACallerSendsOnlyItsShapeIsKeptAndWhoKnowsATextFindsItsCalls() {
        String customer = "customer-" + UUID.randomUUID();
        String identifier = "message-" + UUID.randomUUID();
        Http.Answer answer = coupon(HOST, identifier, customer);
        String code = answer.json().path("Value").asText();
        assertEquals(200, answer.status(), answer.text());
        String id = answer.header("X-Request-Id");
        call(gateway, id);
        String shown = gateway.operator()
                .send("GET", "/api/calls/" + id, (String) null)
                .text();
        String listed =
                gateway.operator().send("GET", "/api/calls", (String) null).text();
        for (String secret : List.of(customer, identifier, code, "sandbox-key")) {
            assertFalse(shown.contains(secret), shown);
            assertFalse(listed.contains(secret), listed);
        }
        assertTrue(shown.contains("\"text of " + customer.length() + " #"), shown);
        assertTrue(shown.contains("\"campaignId\":10"), shown);
        JsonNode found = api(gateway, "/calls?text=" + encoded(customer)).path("calls");
        assertEquals(1, found.size(), found.toString());
        assertEquals(id, found.path(0).path("requestId").asText());
        assertEquals(
                0,
                api(gateway, "/calls?text=" + encoded(customer + "x"))
                        .path("calls")
                        .size());
    }

    @Test
    void aRefusalIsExplainedWithoutTheCallersValues() {
        String code = "TAKEN-" + UUID.randomUUID();
        String body = "{\"deploymentUrl\":\"" + HOST + "\",\"couponValue\":\"" + code
                + "\",\"integrationId\":\"dora@example.com\"}";
        Http.Answer answer = gateway.partner()
                .send(
                        "POST",
                        "/braze/coupon_reservation",
                        body,
                        "Authorization",
                        KEY,
                        "Content-Type",
                        "application/json");
        assertTrue(answer.status() == 404 || answer.status() == 400, answer.text());
        JsonNode seen = call(gateway, answer.header("X-Request-Id"));
        assertFalse(seen.path("life").path("error").asText().isEmpty(), seen.toString());
        assertFalse(seen.toString().contains(code), seen.toString());
        assertFalse(seen.toString().contains("dora"), seen.toString());
    }

    @Test
    void callsToTheSandboxHideNothing() {
        Http.Answer answer = coupon("sandbox.example", UUID.randomUUID().toString(), "emil");
        JsonNode seen = call(gateway, answer.header("X-Request-Id"));
        assertEquals(
                "emil",
                seen.path("content")
                        .path("sent")
                        .path("body")
                        .path("integrationId")
                        .asText(),
                seen.toString());
        assertEquals(
                answer.json().path("Value"),
                seen.path("content").path("answered").path("Value"),
                seen.toString());
    }

    @Test
    void aFailedCallIsSeenFromEveryGatewayOfTheStoreAndItsHashesAreTheSameThere() {
        gateway.sandbox().fault("{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":500,\"times\":9}");
        String customer = "customer-" + UUID.randomUUID();
        Http.Answer answer = gateway.partner()
                .send(
                        "POST",
                        "/braze/event",
                        "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"" + customer
                                + "\",\"identifier\":\"" + UUID.randomUUID() + "\"}",
                        "Authorization",
                        KEY,
                        "Content-Type",
                        "application/json",
                        "destination-hostname",
                        HOST);
        gateway.sandbox().endFaults();
        assertTrue(answer.status() >= 500, answer.text());
        String id = answer.header("X-Request-Id");
        Map<String, String> others = new HashMap<>(settings);
        others.put("gateway.sandbox.port", "0");
        try (GatewayUnderTest other = GatewayUnderTest.start(others)) {
            JsonNode seen = call(other, id);
            assertTrue(kinds(seen).contains("CALLED trackEventV2"), seen.toString());
            JsonNode found =
                    api(other, "/calls?status=5xx&text=" + encoded(customer)).path("calls");
            assertEquals(id, found.path(0).path("requestId").asText(), found.toString());
            assertEquals(
                    1,
                    api(other, "/calls?id=" + id + "&status=failed")
                            .path("calls")
                            .size());
            assertEquals(
                    0,
                    api(other, "/calls?id=" + id + "&status=404").path("calls").size());
        }
    }

    @Test
    void strangersPushNoPartnersCallOutOfTheMemory() {
        Http.Answer answer = coupon(HOST, UUID.randomUUID().toString(), "frida");
        call(gateway, answer.header("X-Request-Id"));
        for (int i = 0; i < 150; i++) {
            assertEquals(
                    404,
                    gateway.partner()
                            .send("GET", "/braze/none-" + i, (String) null)
                            .status());
        }
        assertEquals(
                200, call(gateway, answer.header("X-Request-Id")).path("status").asInt());
        int inMemory = api(gateway, "/calls").path("inMemory").asInt();
        assertTrue(inMemory < 150, "and they are bounded themselves: " + inMemory);
    }

    @Test
    void aFilterThatCannotBeUnderstoodIsExplained() {
        for (String query : List.of("status=9", "from=yesterday", "slower=x", "hash=zz", "what=ever")) {
            Http.Answer answer = gateway.operator().send("GET", "/api/calls?" + query, (String) null);
            assertEquals(400, answer.status(), query);
            assertFalse(answer.json().path("Error").asText().isEmpty());
        }
        assertEquals(
                404,
                gateway.operator()
                        .send("GET", "/api/calls/" + UUID.randomUUID(), (String) null)
                        .status());
    }

    private static Http.Answer ask(String integration, String id, String key) {
        return key == null
                ? gateway.partner().send("GET", "/" + integration + "/calls/" + id, (String) null)
                : gateway.partner()
                        .send("GET", "/" + integration + "/calls/" + id, (String) null, "Authorization", key);
    }

    @Test
    void aPartnerLearnsWhatBecameOfItsCallAndNothingOfOthers() {
        Http.Answer made = coupon(HOST, UUID.randomUUID().toString(), "gustav", "X-Request-Id", "mine-1");
        String id = made.header("X-Request-Id");
        call(gateway, id);
        Http.Answer told = ask("braze", id, KEY);
        assertEquals(200, told.status(), told.text());
        assertEquals(id, told.json().path("RequestUUID").asText());
        assertEquals("mine-1", told.json().path("CallersRequestId").asText());
        assertEquals(200, told.json().path("StatusCode").asInt());
        assertEquals("done", told.json().path("Outcome").asText());
        assertTrue(told.json().path("RepeatIsSafe").asBoolean(), told.text());
        assertTrue(told.json().has("Until"), told.text());
        assertNotNull(told.header("X-Request-Id"));
        assertNotEquals(id, told.header("X-Request-Id"), "the question is a call of its own");

        Http.Answer unknown = ask("braze", UUID.randomUUID().toString(), KEY);
        assertEquals(404, unknown.status());
        for (Http.Answer other : List.of(
                ask("braze", id, OTHER_KEY),
                ask("braze", id, "ApiKey-v1 no-key-at-all"),
                ask("segment", id, KEY),
                ask("braze", "mine-1", KEY))) {
            assertEquals(404, other.status(), other.text());
        }
        assertEquals(
                unknown.json().path("Error"), ask("braze", id, OTHER_KEY).json().path("Error"), "the same words");
        assertEquals(401, ask("braze", id, null).status());
        assertEquals(401, ask("braze", UUID.randomUUID().toString(), null).status(), "of no call either");
    }

    @Test
    void whoAsksTooOftenIsToldToWait() {
        Http.Answer made = coupon(HOST, UUID.randomUUID().toString(), "hanna");
        String id = made.header("X-Request-Id");
        call(gateway, id);
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            statuses.add(ask("braze", id, KEY).status());
        }
        assertTrue(statuses.contains(200), statuses.toString());
        assertTrue(statuses.contains(429), statuses.toString());
    }

    @Test
    void whereTheKeyStandsInTheBodyAQuestionShowsItInAHeader() {
        assertEquals(401, ask("mparticle", UUID.randomUUID().toString(), null).status());
        assertEquals(404, ask("mparticle", UUID.randomUUID().toString(), KEY).status());
    }

    @Test
    void pagesRunNothingButTheFilesOfThePortAndAreFramedByNobody() {
        Http port = gateway.operator();
        for (String path : List.of("/", "/calls", "/calls/x", "/decisions/x", "/assets/page.js", "/assets/page.css")) {
            Http.Answer answer = port.send("GET", path, (String) null);
            assertEquals(200, answer.status(), path);
            String policy = answer.header("Content-Security-Policy");
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
            assertTrue(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), policy);
            assertFalse(policy.contains("unsafe"), policy);
            assertNull(answer.header("Set-Cookie"));
            assertEquals("nosniff", answer.header("X-Content-Type-Options"));
            assertEquals("no-referrer", answer.header("Referrer-Policy"));
        }
        String page = port.send("GET", "/", (String) null).text();
        assertFalse(page.contains("style=") || page.contains("<style") || page.matches("(?s).*\\son[a-z]+=.*"), page);
        for (String path :
                List.of("/assets/", "/assets/../openapi.yaml", "/assets/page.js/x", "//", "/calls/../api/now")) {
            assertNotEquals(
                    "application/yaml; charset=utf-8",
                    port.send("GET", path, (String) null).header("Content-Type"),
                    path);
        }
    }

    @Test
    void theApiDescribesEveryPageThatItHas() {
        Http port = gateway.operator();
        Http.Answer description = port.send("GET", "/api", (String) null);
        assertEquals(200, description.status());
        SwaggerParseResult read = new OpenAPIV3Parser().readContents(description.text());
        assertEquals(List.of(), read.getMessages());
        read.getOpenAPI().getPaths().forEach((path, item) -> {
            if (item.getGet() != null && !path.contains("{")) {
                int status = port.send("GET", "/api" + path, (String) null).status();
                assertEquals(path.startsWith("/dead") ? 404 : path.endsWith("retry") ? 400 : 200, status, path);
            }
            if (item.getPost() != null) {
                Http.Answer unsaid = port.send(
                        "POST",
                        "/api" + path.replace("{id}", ID).replace("{decision}", "free"),
                        "{}",
                        "Content-Type",
                        "application/json");
                assertEquals(400, unsaid.status(), path + ": nobody has said who decides");
            }
        });
        assertTrue(read.getOpenAPI().getPaths().size() > 10);
    }
}
