package dev.partnergateway.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a contract's {@code x-rate-limit} does to callers (contract 2.8). */
class RateLimitTest {

    private static final int CALLS = 1000;

    @Test
    void aKeyThatCallsTooOftenIsToldToWaitAndAnotherKeyIsNot() {
        String key = "ApiKey-v1 " + UUID.randomUUID();
        List<Http.Answer> answers =
                IntStream.range(0, CALLS).parallel().mapToObj(i -> call(key)).toList();
        List<Http.Answer> refused =
                answers.stream().filter(answer -> answer.status() == 429).toList();
        assertTrue(refused.size() > 0, "no call was one too many");
        assertTrue(CALLS - refused.size() >= 60, "60 calls a second are allowed");
        assertEquals("Too many requests", refused.get(0).json().path("Error").asText());
        assertEquals("1", refused.get(0).header("Retry-After"));
        assertEquals(400, call("ApiKey-v1 " + UUID.randomUUID()).status());
    }

    /** A call that is counted and then refused, so that Talon.One has no say in it. */
    private static Http.Answer call(String key) {
        return GatewayUnderTest.shared()
                .partner()
                .send(
                        "PUT",
                        "/segment/v2/customer_sessions/s",
                        "{}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        key,
                        "destination-hostname",
                        "sandbox.example",
                        "X-Callback-Destination-URI",
                        "https://not-allowed.example/");
    }
}
