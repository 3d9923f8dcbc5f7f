package dev.partnergateway.idempotency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Repeats of one call, at once and one after the other. */
class RepeatTest {

    private static GatewayUnderTest gateway;
    private static SandboxControl sandbox;

    @BeforeAll
    static void start() {
        gateway = GatewayUnderTest.shared();
        sandbox = gateway.sandbox();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
        sandbox.limits("{\"managementPerSecond\":0}");
    }

    private static Http.Answer coupon(Http port, String key, int application, int campaign, String identifier) {
        String body = "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":" + application + ",\"campaignId\":"
                + campaign + ",\"identifier\":\"" + identifier + "\"}";
        return port.send(
                "POST", "/braze/coupon", body, "Content-Type", "application/json", "Authorization", "ApiKey-v1 " + key);
    }

    @Test
    void twoHundredIdenticalCallsAtOnceCreateOneCouponAndAllGetIt() {
        String identifier = UUID.randomUUID().toString();
        ExecutorService callers = Executors.newFixedThreadPool(200);
        try (GatewayUnderTest patient = GatewayUnderTest.start(Map.of("gateway.deadline.braze", "60000"))) {
            patient.sandbox()
                    .fault("{\"operation\":\"createCoupons\",\"kind\":\"delay\",\"delayMillis\":300,\"times\":1}");
            List<CompletableFuture<Http.Answer>> calls = IntStream.range(0, 200)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> coupon(patient.partner(), "sandbox-key-demo-shop", 1, 10, identifier), callers))
                    .toList();
            byte[] first = calls.get(0).join().body();
            for (CompletableFuture<Http.Answer> call : calls) {
                assertEquals(200, call.join().status(), call.join().text());
                assertArrayEquals(first, call.join().body());
            }
            assertEquals(1, patient.sandbox().calls("createCoupons").size());
            double waited = repeats(patient, "waited");
            assertTrue(waited > 0, "nobody waited for the first");
            assertEquals(199, waited + repeats(patient, "stored"));
        } finally {
            callers.shutdownNow();
        }
    }

    /** What the metrics page says of repeats; 0 when it says nothing. */
    private static double repeats(GatewayUnderTest where, String answer) {
        return where.management()
                .metric("gateway_repeats_total{answer=\"" + answer
                        + "\",deployment=\"sandbox\",operation=\"braze/createCoupon\"} ");
    }

    @Test
    void theSameIdentifierInAnotherApplicationIsAnotherCoupon() {
        String identifier = UUID.randomUUID().toString();
        Http.Answer one = coupon(gateway.partner(), "sandbox-key-demo-shop", 1, 10, identifier);
        Http.Answer two = coupon(gateway.partner(), "sandbox-key-other-shop", 2, 20, identifier);
        assertEquals(200, one.status(), one.text());
        assertEquals(200, two.status(), two.text());
        assertNotEquals(one.json().path("Value"), two.json().path("Value"));
    }

    @Test
    void aCallerWhoHangsUpChangesNothing() {
        String identifier = UUID.randomUUID().toString();
        coupon(gateway.partner(), "sandbox-key-demo-shop", 1, 10, "warm-up " + identifier);
        sandbox.forgetCalls();
        sandbox.fault("{\"operation\":\"createCoupons\",\"kind\":\"delay\",\"delayMillis\":600,\"times\":1}");
        String body = "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                + identifier + "\"}";
        String heard = gateway.partner()
                .raw(
                        "POST /braze/coupon HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                                + "Authorization: ApiKey-v1 sandbox-key-demo-shop\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body,
                        Duration.ofMillis(100));
        assertEquals("", heard, "the caller has gone before there was an answer");
        Http.Answer repeat = coupon(gateway.partner(), "sandbox-key-demo-shop", 1, 10, identifier);
        assertEquals(200, repeat.status(), repeat.text());
        assertEquals(1, sandbox.calls("createCoupons").size());
        assertEquals(
                1,
                sandbox.ledger("coupons").stream()
                        .filter(coupon ->
                                coupon.path("value").equals(repeat.json().path("Value")))
                        .count());
    }

    @Test
    void aRepeatThatWaitsInVainIsToldToComeBack() {
        try (GatewayUnderTest own = GatewayUnderTest.start(
                Map.of("gateway.deadline.braze", "700", "gateway.sandbox.management-rate", "0"))) {
            coupon(own.partner(), "sandbox-key-demo-shop", 1, 10, "warm-up");
            own.sandbox().fault("{\"operation\":\"createCoupons\",\"kind\":\"hang\",\"times\":1}");
            own.sandbox().forgetCalls();
            CompletableFuture<Http.Answer> first =
                    CompletableFuture.supplyAsync(() -> coupon(own.partner(), "sandbox-key-demo-shop", 1, 10, "vain"));
            Await.until(
                    () -> "no call", () -> !own.sandbox().calls("createCoupons").isEmpty());
            Http.Answer second = coupon(own.partner(), "sandbox-key-demo-shop", 1, 10, "vain");
            assertEquals(504, first.join().status(), first.join().text());
            assertEquals("1", first.join().header("Retry-After"));
            assertEquals("1", second.header("Retry-After"), second.text());
            assertEquals(1, own.sandbox().calls("createCoupons").size());
        }
    }
}
