package dev.partnergateway.coupon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.harness.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Many coupons at once from a deployment that takes three calls a second to each Management endpoint, and what can go
 * wrong with them whatever the store is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ManyCoupons {

    private static final String SHOP = "sandbox-key-demo-shop";
    private static final String OTHER_SHOP = "sandbox-key-other-shop";

    ExecutorService callers;
    GatewayUnderTest gateway;
    SandboxControl sandbox;

    /** One whose callers do not wait for long. */
    GatewayUnderTest hasty;

    SandboxControl hastySandbox;

    /** Settings of a store of one's own. */
    abstract Map<String, String> newStore();

    @BeforeAll
    void start() {
        callers = Executors.newCachedThreadPool();
        gateway = start("20000");
        sandbox = gateway.sandbox();
        coupon(gateway, SHOP, 1, 10, UUID.randomUUID().toString(), "");
        coupon(gateway, OTHER_SHOP, 2, 20, UUID.randomUUID().toString(), "");
        hasty = start("1500");
        hastySandbox = hasty.sandbox();
        untilDone(hasty, UUID.randomUUID().toString(), "");
    }

    private GatewayUnderTest start(String deadline) {
        Map<String, String> settings = new HashMap<>(newStore());
        settings.put("gateway.deadline.braze", deadline);
        settings.put("gateway.sweep-interval", "300");
        return GatewayUnderTest.start(settings);
    }

    @AfterAll
    void stop() {
        gateway.close();
        hasty.close();
        callers.shutdownNow();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
        hastySandbox.reset();
    }

    static Http.Answer coupon(
            GatewayUnderTest where, String key, int application, int campaign, String identifier, String more) {
        return where.partner()
                .send(
                        "POST",
                        "/braze/coupon",
                        "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":" + application + ",\"campaignId\":"
                                + campaign + ",\"identifier\":\"" + identifier + "\"" + more + "}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 " + key);
    }

    /** Calls at once, one for each member of the list that the JSON of the body ends with. */
    static List<Http.Answer> together(GatewayUnderTest where, String run, List<String> more) {
        return Together.call(more.size(), i -> coupon(where, SHOP, 1, 10, run + "-" + i, more.get(i)));
    }

    /** As {@link #together}; on a busy machine a partner may be told to come back, and does. */
    List<Http.Answer> served(String run, List<String> more) {
        List<Http.Answer> answers = new ArrayList<>(together(gateway, run, more));
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i).status() >= 503) {
                answers.set(i, untilDone(gateway, run + "-" + i, more.get(i)));
            }
        }
        return answers;
    }

    static List<String> times(int count, String more) {
        return new ArrayList<>(java.util.Collections.nCopies(count, more));
    }

    static Set<String> codes(List<Http.Answer> answers) {
        Set<String> codes = new HashSet<>();
        for (Http.Answer answer : answers) {
            assertEquals(200, answer.status(), answer.text());
            assertTrue(codes.add(answer.json().path("Value").asText()), "the same coupon twice: " + answer.text());
        }
        return codes;
    }

    static Set<String> created(SandboxControl where) {
        Set<String> codes = new HashSet<>();
        for (JsonNode coupon : where.ledger("coupons")) {
            if (coupon.path("campaignId").asInt() == 10) {
                codes.add(coupon.path("value").asText());
            }
        }
        return codes;
    }

    static Set<String> createdSince(Set<String> before, SandboxControl where) {
        Set<String> created = created(where);
        created.removeAll(before);
        return created;
    }

    static void assertNobodyWasTooFast(SandboxControl where) {
        for (JsonNode call : where.calls()) {
            assertTrue(call.path("status").asInt() != 429, "Talon.One had to refuse: " + call);
        }
    }

    @Test
    void ofManyRowsOnlyTheBadOneIsRefused() {
        List<String> more = times(40, "");
        more.set(17, ",\"attributes\":{\"nobody_knows_this\":1}");
        List<Http.Answer> answers = together(gateway, UUID.randomUUID().toString(), more);
        Http.Answer bad = answers.get(17);
        assertEquals(400, bad.status(), bad.text());
        assertTrue(bad.text().contains("nobody_knows_this"), bad.text());
        List<Http.Answer> good = new ArrayList<>(answers);
        good.remove(17);
        assertEquals(39, codes(good).size());
    }

    @Test
    void aCodeThatSomebodyElseHasIsReplaced() {
        String pattern = ",\"couponPattern\":\"" + UUID.randomUUID().toString().substring(0, 8)
                + "-##\",\"validCharacters\":[\"A\",\"B\",\"C\",\"D\",\"E\",\"F\",\"G\",\"H\",\"I\",\"J\",\"K\",\"L\"]";
        Set<String> codes = codes(served(UUID.randomUUID().toString(), times(20, pattern)));
        codes.addAll(codes(served(UUID.randomUUID().toString(), times(10, pattern))));
        assertEquals(30, codes.size());
    }

    void everybodyGetsOneOfTheCouponsMade() {
        Set<String> before = created(sandbox);
        Set<String> codes = codes(served(UUID.randomUUID().toString(), times(20, "")));
        assertEquals(codes, createdSince(before, sandbox));
    }

    @Test
    void aListThatIsLateIsWaitedFor() {
        sandbox.limits("{\"listingLagMillis\":1500}");
        everybodyGetsOneOfTheCouponsMade();
    }

    @Test
    void anImportThatIsCarriedOutButNotConfirmedGivesEverybodyTheirOneCoupon() {
        sandbox.fault("{\"operation\":\"importCoupons\",\"kind\":\"commit-then-hang\",\"times\":1}");
        everybodyGetsOneOfTheCouponsMade();
    }

    @Test
    void aCallerWhoIsAnsweredBeforeTheBatchIsDoneGetsTheCouponLater() {
        Set<String> before = created(hastySandbox);
        hastySandbox.fault("{\"operation\":\"importCoupons\",\"kind\":\"delay\",\"delayMillis\":1900,\"times\":1}");
        String run = UUID.randomUUID().toString();
        together(hasty, run, times(10, ""));
        Set<String> codes = untilDone(hasty, run, 10, "");
        assertEquals(10, codes.size());
        assertEquals(codes, createdSince(before, hastySandbox));
    }

    /** The coupons of a run's first callers, who ask until they have one. */
    static Set<String> untilDone(GatewayUnderTest where, String run, int count, String more) {
        return codes(IntStream.range(0, count)
                .mapToObj(i -> untilDone(where, run + "-" + i, more))
                .toList());
    }

    static Http.Answer untilDone(GatewayUnderTest where, String identifier, String more) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        for (; ; ) {
            Http.Answer answer = coupon(where, SHOP, 1, 10, identifier, more);
            if (answer.status() == 200) {
                return answer;
            }
            assertTrue(answer.status() == 429 || answer.status() >= 503, answer.text());
            assertTrue(System.nanoTime() < end, "never answered: " + answer.text());
        }
    }

    @Test
    void whatCannotBeServedInTimeIsRefusedAtOnceAndItsRepeatIsNotBlocked() {
        String alone = ",\"isReservationMandatory\":true";
        String run = UUID.randomUUID().toString();
        List<Http.Answer> answers = together(hasty, run, times(40, alone));
        int refused = 0;
        for (Http.Answer answer : answers) {
            // What is sent just in time may be answered too late on a busy machine, or not be sent any more.
            assertTrue(List.of(200, 429, 503, 504).contains(answer.status()), answer.text());
            if (answer.status() == 429) {
                refused++;
                assertNotNull(answer.header("Retry-After"), answer.text());
            }
        }
        assertTrue(refused > 20, refused + " were refused");
        Set<String> codes = untilDone(hasty, run, 10, alone);
        assertEquals(10, codes.size());
        assertNobodyWasTooFast(hastySandbox);
    }

    @Test
    void aPartnerWhoFloodsTheGatewayDoesNotSlowOneWhoDoesNot() {
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> flood = IntStream.range(0, 24)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> {
                            while (!over.get()) {
                                coupon(
                                        gateway,
                                        SHOP,
                                        1,
                                        10,
                                        UUID.randomUUID().toString(),
                                        ",\"isReservationMandatory\":true");
                                Await.moment();
                            }
                        },
                        callers))
                .toList();
        Map<Integer, Long> took = new HashMap<>();
        try {
            Await.until(
                    () -> sandbox.calls("createCoupons"),
                    () -> sandbox.calls("createCoupons").size() >= 3);
            for (int i = 0; i < 3; i++) {
                long begun = System.nanoTime();
                Http.Answer calm = coupon(
                        gateway, OTHER_SHOP, 2, 20, UUID.randomUUID().toString(), ",\"isReservationMandatory\":true");
                assertEquals(200, calm.status(), calm.text());
                took.put(i, Duration.ofNanos(System.nanoTime() - begun).toMillis());
            }
        } finally {
            over.set(true);
            flood.forEach(CompletableFuture::join);
        }
        // The queue of the other partner is about 8 seconds long.
        took.values().forEach(millis -> assertTrue(millis < 5000, took.toString()));
        assertNobodyWasTooFast(sandbox);
    }
}
