package dev.partnergateway.sandbox;

import static dev.partnergateway.sandbox.SandboxClient.asShop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.Await;
import dev.partnergateway.sandbox.SandboxClient.Reply;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultsTest {

    private static final String EVENTS = "/v2/events";
    private static final String EVENT = "{\"profileId\":\"alice\",\"type\":\"greeted\"}";

    private static SandboxClient sandbox;

    @BeforeAll
    static void start() {
        sandbox = new SandboxClient();
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    private static void fault(String json) {
        Reply reply = sandbox.control("POST", "/sandbox/faults", json);
        assertEquals(204, reply.status(), reply.text());
    }

    private static Reply event() {
        return sandbox.shop("POST", EVENTS, EVENT);
    }

    private static int events() {
        return sandbox.ledger("events").size();
    }

    private static JsonNode lastCall() {
        JsonNode calls = sandbox.ledger("calls");
        return calls.path(calls.size() - 1);
    }

    @Test
    void aDelayedCallIsCarriedOutLater() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"delay\",\"delayMillis\":300}");
        long start = System.nanoTime();
        assertEquals(204, event().status());
        assertTrue(System.nanoTime() - start >= Duration.ofMillis(290).toNanos());
        assertEquals(1, events());
    }

    @Test
    void aStatusIsAnsweredWithoutTheWorkAndWithRetryAfter() {
        fault("{\"operation\":\"*\",\"kind\":\"status\",\"status\":429,\"retryAfter\":7}");
        Reply reply = event();
        assertEquals(429, reply.status());
        assertEquals("7", reply.retryAfter());
        assertEquals(429, reply.json().path("StatusCode").asInt());
        assertEquals(0, events());
        assertEquals(204, event().status());
    }

    @Test
    void aResetClosesTheConnectionWithoutTheWork() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"reset\"}");
        assertThrows(UncheckedIOException.class, FaultsTest::event);
        assertEquals(0, events());
        assertTrue(lastCall().path("status").isNull());
        assertEquals("reset", lastCall().path("fault").asText());
    }

    @Test
    void aResetAfterTheCommitLeavesTheWorkDone() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"commit-then-reset\"}");
        assertThrows(UncheckedIOException.class, FaultsTest::event);
        assertEquals(1, events());
    }

    @Test
    void answersThatAreHardToTakeLeaveTheWorkDone() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"empty\"}");
        Reply empty = event();
        assertEquals(200, empty.status());
        assertEquals("", empty.text());
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"bomb\"}");
        assertTrue(event().text().length() < 200_000, "it is small until it is unpacked");
        assertEquals(2, events());
    }

    @Test
    void aHangNeverAnswersAndDoesNothing() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"hang\"}");
        assertHangs();
        assertEquals(0, events());
    }

    @Test
    void aHangAfterTheCommitNeverAnswersAndLeavesTheWorkDone() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"commit-then-hang\"}");
        assertHangs();
        assertEquals(1, events());
    }

    private static void assertHangs() {
        UncheckedIOException thrown = assertThrows(
                UncheckedIOException.class,
                () -> sandbox.send(
                        asShop(sandbox.request("POST", EVENTS, EVENT)).timeout(Duration.ofMillis(300))));
        assertTrue(thrown.getCause() instanceof HttpTimeoutException, thrown.toString());
    }

    @Test
    void garbageIsA200ThatIsNotJson() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"garbage\"}");
        Reply reply = event();
        assertEquals(200, reply.status());
        assertThrows(UncheckedIOException.class, reply::json);
        assertEquals(0, events());
    }

    @Test
    void skipLetsTheFirstPassAndTimesEndsIt() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"status\",\"status\":500,\"skip\":1,\"times\":2}");
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statuses.add(event().status());
        }
        assertEquals(List.of(204, 500, 500, 204), statuses);
    }

    @Test
    void timesZeroLastsUntilItIsCleared() {
        fault("{\"operation\":\"*\",\"kind\":\"status\",\"times\":0}");
        for (int i = 0; i < 3; i++) {
            assertEquals(503, event().status());
        }
        assertEquals(204, sandbox.control("DELETE", "/sandbox/faults", null).status());
        assertEquals(204, event().status());
    }

    @Test
    void aProbabilityMeetsSomeCalls() {
        fault("{\"operation\":\"*\",\"kind\":\"status\",\"times\":0,\"probability\":0.5}");
        int met = 0;
        for (int i = 0; i < 60; i++) {
            met += event().status() == 503 ? 1 : 0;
        }
        assertTrue(met > 5 && met < 55, met + " of 60");
    }

    @Test
    void anotherOperationIsNotMet() {
        fault("{\"operation\":\"createCoupons\",\"kind\":\"status\"}");
        assertEquals(204, event().status());
    }

    @Test
    void aRefusedCallDoesNotUseUpAFault() {
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"status\"}");
        assertEquals(401, sandbox.send(sandbox.request("POST", EVENTS, EVENT)).status());
        assertEquals(503, event().status());
    }

    @Test
    void aWrongInstructionIsRefusedWithASentence() {
        String[][] wrong = {
            {"{\"operation\":\"*\",\"kind\":\"explode\"}", "There is no fault kind 'explode'"},
            {"{\"operation\":\"explode\",\"kind\":\"hang\"}", "There is no operation 'explode'"},
            {"{\"operation\":\"*\",\"kind\":\"delay\"}", "A delay needs delayMillis"},
            {
                "{\"operation\":\"*\",\"kind\":\"hang\",\"time\":1}",
                "A fault has no member 'time'; there are operation, kind, times, probability, skip, delayMillis, status,"
                        + " retryAfter."
            },
            {"{\"operation\":\"*\",\"kind\":\"hang\",\"times\":-1}", "times must be a whole number"},
            {"{\"operation\":\"*\",\"kind\":\"hang\",\"probability\":2}", "probability must be from 0 to 1"},
            {"nonsense", "The body is not JSON"},
        };
        for (String[] one : wrong) {
            Reply reply = sandbox.control("POST", "/sandbox/faults", one[0]);
            assertEquals(400, reply.status(), one[0]);
            assertTrue(reply.json().path("message").asText().startsWith(one[1]), reply.text());
        }
    }

    @Test
    void theFourthCallAtOnceForOneProfileIsRefusedAndAnotherProfileIsNot() {
        sandbox.control("PUT", "/sandbox/limits", "{\"parallelPerProfile\":3}");
        fault("{\"operation\":\"trackEventV2\",\"kind\":\"hang\",\"times\":3}");
        List<CompletableFuture<Reply>> hanging = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            hanging.add(sandbox.sendLater(
                    asShop(sandbox.request("POST", EVENTS, EVENT)).timeout(Duration.ofSeconds(2))));
        }
        awaitCalls(3);
        Reply fourth = sandbox.shop("PUT", "/v2/customer_profiles/alice", "{}");
        assertEquals(409, fourth.status());
        assertEquals(
                "Too many requests are updating this profile at the same time",
                fourth.json().path("message").asText());
        String session = "{\"customerSession\":{\"profileId\":\"alice\"}}";
        assertEquals(
                409, sandbox.shop("PUT", "/v2/customer_sessions/s1", session).status());
        assertEquals(200, sandbox.shop("PUT", "/v2/customer_profiles/bob", "{}").status());
        hanging.forEach(call -> assertThrows(Exception.class, call::join));
        Await.until(
                () -> "409",
                () -> sandbox.shop("PUT", "/v2/customer_profiles/alice", "{}").status() != 409);
    }

    private static void awaitCalls(int count) {
        Await.until(() -> sandbox.ledger("calls"), () -> sandbox.ledger("calls").size() >= count);
    }
}
