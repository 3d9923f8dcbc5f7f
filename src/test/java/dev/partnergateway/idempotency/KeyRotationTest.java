package dev.partnergateway.idempotency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.harness.Together;
import dev.partnergateway.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The key that stored answers are sealed with is changed while two gateways of one store are called. */
class KeyRotationTest {

    private static final String OLD = key(1);
    private static final String NEW = key(2);

    private static Sandbox sandbox;
    private static final Path[] FILES = new Path[2];
    private static final GatewayUnderTest[] GATEWAYS = new GatewayUnderTest[2];

    @BeforeAll
    static void start() throws Exception {
        sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
        Map<String, String> settings = new HashMap<>(Postgres.newStore());
        settings.putAll(Map.of(
                "gateway.sandbox", "false",
                "gateway.deployments.shop.host", "sandbox.example",
                "gateway.deployments.shop.base-url", "http://127.0.0.1:" + sandbox.port(),
                "gateway.deployments.shop.management-key", "sandbox-management-key",
                "gateway.deadline.braze", "20000"));
        for (int i = 0; i < 2; i++) {
            FILES[i] = Files.createTempFile("encryption", ".keys");
            write(i, OLD);
            settings.put("gateway.store.encryption-keys", "file:" + FILES[i]);
            GATEWAYS[i] = GatewayUnderTest.start(settings);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (GatewayUnderTest gateway : GATEWAYS) {
            gateway.close();
        }
        sandbox.close();
    }

    private static String key(int number) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) number);
        return Base64.getEncoder().encodeToString(key);
    }

    private static void write(int gateway, String... keys) throws IOException {
        Path next = Files.createTempFile("encryption", ".next");
        Files.writeString(next, String.join(",", keys));
        Files.move(next, FILES[gateway], java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private static Http.Answer coupon(int gateway, String identifier) {
        return GATEWAYS[gateway]
                .partner()
                .post(
                        "/braze/coupon",
                        "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\""
                                + identifier + "\"}");
    }

    @Test
    void anAnswerIsLeftAloneByTheGatewayThatCannotReadItAndGivenByTheOneThatCan() throws IOException {
        write(0, NEW, OLD);
        String identifier = UUID.randomUUID().toString();
        // Until the file is read again, the old key seals.
        Http.Answer[] first = new Http.Answer[1];
        Await.until(() -> first[0].text(), () -> {
            String each = UUID.randomUUID().toString();
            first[0] = coupon(0, each);
            return first[0].status() == 200 && coupon(1, each).status() == 503;
        });
        Http.Answer sealed = coupon(0, identifier);
        assertEquals(200, sealed.status(), sealed.text());
        Http.Answer unreadable = coupon(1, identifier);
        assertEquals(503, unreadable.status(), unreadable.text());
        assertEquals(
                "[]",
                GATEWAYS[1].operator().send("GET", "/api/parked", (String) null).text());
        assertArrayEquals(sealed.body(), coupon(0, identifier).body(), "it was left alone");
        write(1, OLD, NEW);
        Await.until(
                () -> coupon(1, identifier).text(), () -> coupon(1, identifier).status() == 200);
        assertArrayEquals(sealed.body(), coupon(1, identifier).body());
        inTwoSteps();
    }

    /** As docs/operations.md says: behind everywhere, then in front everywhere. */
    private static void inTwoSteps() throws IOException {
        String third = key(3);
        List<List<String>> steps = List.of(List.of(OLD, NEW, third), List.of(third, NEW, OLD));
        Set<String> codes = new HashSet<>();
        for (List<String> step : steps) {
            for (int gateway = 0; gateway < 2; gateway++) {
                write(gateway, step.toArray(String[]::new));
                everybodyIsServed(codes);
            }
            // Files are read again every two seconds: by the next step all know this one.
            long read = System.nanoTime() + Duration.ofMillis(2500).toNanos();
            do {
                everybodyIsServed(codes);
            } while (System.nanoTime() < read);
        }
    }

    private static void everybodyIsServed(Set<String> codes) {
        String run = UUID.randomUUID().toString();
        for (Http.Answer answer : Together.call(20, i -> coupon(i % 2, run + i))) {
            assertEquals(200, answer.status(), answer.text());
            assertTrue(codes.add(answer.json().path("Value").asText()), "the same coupon twice");
        }
        for (Http.Answer repeat : Together.call(20, i -> coupon((i + 1) % 2, run + i))) {
            assertEquals(200, repeat.status(), repeat.text());
            assertTrue(codes.contains(repeat.json().path("Value").asText()), repeat.text());
        }
    }
}
