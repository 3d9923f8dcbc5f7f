package dev.partnergateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.PostgresServer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What partners get while the database is away, and what becomes of what was on its way. */
class StoreDownTest {

    private static PostgresServer server;
    private static GatewayUnderTest gateway;

    @BeforeAll
    static void start() {
        server = new PostgresServer();
        Map<String, String> settings = new HashMap<>(server.store());
        settings.put("gateway.deadline.braze", "30000");
        settings.put("gateway.settle-time", "1000");
        settings.put("gateway.sandbox.management-rate", "0");
        gateway = GatewayUnderTest.start(settings);
        gateway.sandbox().limits("{\"managementPerSecond\":0}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        server.close();
    }

    private static Http.Answer coupon(String identifier) {
        return gateway.partner()
                .send(
                        "POST",
                        "/braze/coupon",
                        "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                                + identifier + "\",\"integrationId\":\"" + identifier + "\"}",
                        "Authorization",
                        "ApiKey-v1 sandbox-key-demo-shop",
                        "Content-Type",
                        "application/json");
    }

    private static Http.Answer success(String identifier) {
        long end = System.nanoTime() + 90_000_000_000L;
        Http.Answer answer = coupon(identifier);
        while (answer.status() != 200) {
            assertTrue(System.nanoTime() < end, answer.text());
            assertTrue(answer.status() == 429 || answer.status() == 503, answer.text());
            answer = coupon(identifier);
        }
        return answer;
    }

    private static long made(String identifier) {
        return gateway.sandbox().ledger("coupons").stream()
                .filter(coupon -> coupon.path("recipientIntegrationId").asText().equals(identifier))
                .count();
    }

    @Test
    void nothingIsSentWhileTheStoreIsDown() {
        success("before");
        gateway.sandbox().forgetCalls();
        server.stop();
        try {
            Http.Answer answer = coupon("down");
            assertEquals(503, answer.status(), answer.text());
            assertEquals("1", answer.header("Retry-After"));
            assertEquals(0, gateway.sandbox().calls("createCoupons").size());
            assertEquals(
                    503,
                    gateway.management()
                            .send("GET", "/observe/health/ready", (String) null)
                            .status());
        } finally {
            server.start();
        }
        success("down");
        assertEquals(1, made("down"));
    }

    @Test
    void anAnswerThatCouldNotBeStoredIsNotLost() {
        success("warm-up");
        gateway.sandbox().forgetCalls();
        gateway.sandbox()
                .fault("{\"operation\":\"createCoupons\",\"kind\":\"delay\",\"delayMillis\":6000,\"times\":1}");
        CompletableFuture<Http.Answer> first = CompletableFuture.supplyAsync(() -> coupon("confirm"));
        while (gateway.sandbox().calls("createCoupons").isEmpty()) {
            assertFalse(first.isDone(), () -> first.join().text());
        }
        server.stop();
        try {
            assertEquals(503, first.join().status(), first.join().text());
        } finally {
            server.start();
        }
        Http.Answer repeat = success("confirm");
        assertArrayEquals(repeat.body(), coupon("confirm").body());
        assertEquals(1, made("confirm"));
    }
}
