package dev.partnergateway.talonone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.harness.Together;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a call to a deployment is made, made again, or not made at all. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PaceTest {

    private static ExecutorService callers;
    private static GatewayUnderTest gateway;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        callers = Executors.newCachedThreadPool();
        gateway = GatewayUnderTest.start(Map.of(
                "gateway.deadline.braze", "15000", "gateway.breaker-pause", "2000", "gateway.sequence-limit", "120"));
        sandbox = gateway.sandbox();
        assertEquals(200, event("alice").status());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        callers.shutdownNow();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    private static Http.Answer event(String profile) {
        return event(gateway, "sandbox.example", profile);
    }

    private static long count(List<Http.Answer> answers, int status) {
        return answers.stream().filter(answer -> answer.status() == status).count();
    }

    @Test
    void aHundredEventsOfOneProfileAreAllTakenAndTalonOneNeverRefusesOne() {
        sandbox.fault("{\"operation\":\"trackEventV2\",\"kind\":\"delay\",\"delayMillis\":5,\"times\":0}");
        List<Http.Answer> answers = Together.call(100, i -> event("crowded"));
        assertEquals(100, count(answers, 200));
        List<JsonNode> calls = sandbox.calls("trackEventV2");
        assertEquals(100, calls.size());
        calls.forEach(call -> assertEquals(200, call.path("status").asInt(), call.toString()));
        String page = gateway.management()
                .send("GET", "/observe/metrics", (String) null)
                .text();
        String labels = "{deployment=\"sandbox\",operation=\"trackEventV2\"}";
        assertTrue(page.contains("gateway_sequence_waiting" + labels), page);
        assertTrue(page.contains("gateway_sequence_wait_seconds_count" + labels), page);
    }

    @Test
    void eventsOfDifferentProfilesDoNotWaitForEachOther() {
        sandbox.fault("{\"operation\":\"trackEventV2\",\"kind\":\"delay\",\"delayMillis\":500,\"times\":0}");
        long begun = System.nanoTime();
        List<Http.Answer> answers = Together.call(20, i -> event("profile-" + i));
        long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
        assertEquals(20, count(answers, 200));
        assertTrue(took < 8000, "20 calls of half a second took " + took + " ms");
    }

    @Test
    void onlySoManyCallsWaitForOneProfile() {
        try (GatewayUnderTest own =
                GatewayUnderTest.start(Map.of("gateway.sequence-limit", "2", "gateway.deadline.braze", "15000"))) {
            own.sandbox().fault("{\"operation\":\"trackEventV2\",\"kind\":\"delay\",\"delayMillis\":1500,\"times\":1}");
            List<Http.Answer> answers = Together.call(10, i -> event(own, "sandbox.example", "bob"));
            assertTrue(count(answers, 429) >= 1, "nobody was refused");
            assertEquals(10, count(answers, 429) + count(answers, 200));
            answers.stream()
                    .filter(answer -> answer.status() == 429)
                    .forEach(answer -> assertNotNull(answer.header("Retry-After")));
        }
    }

    @Test
    void whatWasSentWithAnUnknownOutcomeStaysUnknownWhenTalonOneHasNoTimeForItAgain() {
        sandbox.fault("{\"operation\":\"trackEventV2\",\"kind\":\"commit-then-reset\",\"times\":1}");
        sandbox.fault(
                "{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":429,\"retryAfter\":1,\"times\":1}");
        String identifier = UUID.randomUUID().toString();
        Http.Answer first = event(gateway, "sandbox.example", "doubtful", identifier);
        assertEquals(504, first.status(), first.text());
        assertEquals(
                200, event(gateway, "sandbox.example", "doubtful", identifier).status());
        List<JsonNode> calls = sandbox.calls("trackEventV2");
        assertEquals(3, calls.size());
        assertEquals(
                1,
                calls.stream()
                        .map(call -> call.path("idempotencyKey").asText())
                        .distinct()
                        .count());
    }

    @Test
    void aConflictThatHappensAnywayIsTriedAgainWithTheSameIdempotencyKey() {
        sandbox.fault("{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":409,\"times\":3}");
        assertEquals(200, event("alice").status());
        List<JsonNode> calls = sandbox.calls("trackEventV2");
        assertEquals(4, calls.size());
        assertEquals(
                1,
                calls.stream()
                        .map(call -> call.path("idempotencyKey").asText())
                        .distinct()
                        .count());
        assertFalse(calls.get(0).path("idempotencyKey").asText().isEmpty());
    }

    @Test
    void aConflictThatStaysIsToldAsTooManyCalls() {
        sandbox.fault("{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":409,\"times\":0}");
        Http.Answer answer = event("alice");
        assertEquals(429, answer.status(), answer.text());
        assertNotNull(answer.header("Retry-After"));
        assertTrue(sandbox.calls("trackEventV2").size() > 3);
    }

    @Test
    void whatIsHarmlessASecondTimeIsTriedAgain() {
        sandbox.fault("{\"operation\":\"trackEventV2\",\"kind\":\"commit-then-reset\",\"times\":1}");
        sandbox.fault("{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":503,\"times\":1}");
        assertEquals(200, event("alice").status());
        assertEquals(3, sandbox.calls("trackEventV2").size());
        assertEquals(1, sandbox.ledger("events").size());
    }

    @Test
    void whatHasASecondEffectIsNotTriedAgain() {
        sandbox.fault("{\"operation\":\"createReferral\",\"kind\":\"status\",\"status\":503,\"times\":0}");
        Http.Answer answer = gateway.partner()
                .send(
                        "POST",
                        "/braze/referral",
                        "{\"deploymentUrl\":\"sandbox.example\",\"campaignId\":10,"
                                + "\"advocateProfileIntegrationId\":\"" + UUID.randomUUID() + "\"}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 sandbox-key-demo-shop");
        assertTrue(answer.status() >= 500, answer.text());
        assertEquals(1, sandbox.calls("createReferral").size());
    }

    @Test
    void aRetryAfterThatEndsTooLateIsHandedOn() {
        sandbox.fault(
                "{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":429,\"retryAfter\":60,\"times\":0}");
        Http.Answer answer = event("alice");
        assertEquals(429, answer.status(), answer.text());
        assertEquals("60", answer.header("Retry-After"));
        assertEquals(1, sandbox.calls("trackEventV2").size());
    }

    @Test
    void aDeploymentThatFailsIsLeftAloneAndTriedAgainLater() {
        try (GatewayUnderTest own =
                GatewayUnderTest.start(Map.of("gateway.deadline.braze", "15000", "gateway.breaker-pause", "2000"))) {
            Http.Answer before = event(own, "sandbox.example", "kept", "identifier");
            assertEquals(200, before.status(), before.text());
            own.sandbox().fault("{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":500,\"times\":0}");
            List<Http.Answer> failed = Together.call(40, i -> event(own, "sandbox.example", "profile-" + i));
            assertEquals(0, count(failed, 200));
            own.sandbox().forgetCalls();
            Http.Answer refused = event(own, "sandbox.example", "profile-0");
            assertEquals(503, refused.status(), refused.text());
            assertNotNull(refused.header("Retry-After"));
            assertEquals(0, own.sandbox().calls("trackEventV2").size());
            Http.Answer repeat = event(own, "sandbox.example", "kept", "identifier");
            assertEquals(before.text(), repeat.text(), "what is stored needs no deployment");
            assertTrue(own.management()
                    .send("GET", "/observe/metrics", (String) null)
                    .text()
                    .contains("gateway_breaker_open{deployment=\"sandbox\"} 1.0"));
            own.sandbox().endFaults();
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            int status = 503;
            while (status != 200 && System.nanoTime() < end) {
                Await.moment();
                status = event(own, "sandbox.example", "alice").status();
            }
            assertEquals(200, status);
        }
    }

    @Test
    void callsThatAreNeverSentDoNotMakeADeploymentLookBroken() {
        Together.call(40, i -> gateway.partner()
                        .send(
                                "POST",
                                "/braze/coupon_reservation",
                                "{\"deploymentUrl\":\"sandbox.example\",\"couponValue\":\"..\"}",
                                "Content-Type",
                                "application/json",
                                "Authorization",
                                "ApiKey-v1 sandbox-key-demo-shop"))
                .forEach(answer -> assertEquals(400, answer.status(), answer.text()));
        assertEquals(200, event("alice").status());
    }

    @Test
    void aDeploymentThatHangsDoesNotSlowAnother() {
        try (GatewayUnderTest own = GatewayUnderTest.start(Map.of(
                "gateway.deadline.braze",
                "4000",
                "gateway.deployment-limit",
                "50",
                "gateway.running-limit",
                "100",
                "gateway.threads",
                "100",
                "gateway.deployments.twin.host",
                "twin.example",
                "gateway.deployments.twin.base-url",
                "http://127.0.0.1:" + gateway.gateway().sandbox().orElseThrow().port()))) {
            assertEquals(200, event(own, "twin.example", "warm").status());
            assertEquals(200, event(own, "sandbox.example", "warm").status());
            own.sandbox().fault("{\"operation\":\"trackEventV2\",\"kind\":\"hang\",\"times\":0}");
            CompletableFuture<List<Http.Answer>> hanging = CompletableFuture.supplyAsync(
                    () -> Together.call(150, i -> event(own, "sandbox.example", "hang-" + i)), callers);
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (own.sandbox().calls("trackEventV2").size() < 40) {
                assertTrue(System.nanoTime() < end, "calls never hang");
                Await.moment();
            }
            for (int i = 0; i < 20; i++) {
                Http.Answer other = event(own, "twin.example", "free-" + i);
                assertEquals(200, other.status(), other.text());
            }
            List<Http.Answer> answers = hanging.join();
            assertEquals(0, count(answers, 200));
            assertEquals(150, count(answers, 503) + count(answers, 504));
        }
    }

    private static Http.Answer event(GatewayUnderTest where, String host, String profile) {
        return event(where, host, profile, UUID.randomUUID().toString());
    }

    private static Http.Answer event(GatewayUnderTest where, String host, String profile, String identifier) {
        return where.partner()
                .send(
                        "POST",
                        "/braze/event",
                        "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"" + profile
                                + "\",\"identifier\":\"" + identifier + "\"}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 sandbox-key-demo-shop",
                        "destination-hostname",
                        host);
    }
}
