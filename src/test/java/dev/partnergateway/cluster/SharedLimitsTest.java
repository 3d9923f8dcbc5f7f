package dev.partnergateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.call.Credential;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayProcess;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.harness.Together;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Sql;
import dev.partnergateway.store.Store;
import dev.partnergateway.talonone.Allowance.Grant;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three gateways on one PostgreSQL are one to Talon.One. Beside other classes, for it waits most of the time; the lock
 * keeps its own tests one after another.
 */
@BesideOthers
class SharedLimitsTest {

    private static Sandbox sandbox;
    private static SandboxControl control;
    private static Store store;
    private static Map<String, String> settings;
    private static List<GatewayUnderTest> gateways;

    @BeforeAll
    static void start() throws Exception {
        sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
        control = new SandboxControl(new Http(sandbox.port()));
        settings = new HashMap<>(Postgres.newStore());
        Properties same = new Properties();
        same.putAll(settings);
        settings.putAll(Map.of(
                "gateway.sandbox", "false",
                "gateway.deployments.shop.host", "sandbox.example",
                "gateway.deployments.shop.base-url", "http://127.0.0.1:" + sandbox.port(),
                "gateway.deployments.shop.management-key", "sandbox-management-key",
                "gateway.deadline.braze", "25000",
                "gateway.deadline.iterable", "6000"));
        gateways = Stream.generate(() -> GatewayUnderTest.start(settings))
                .limit(Integer.getInteger("cluster.gateways", 3))
                .toList();
        store = Store.open(Settings.load(Path.of("application.properties"), Map.of(), same), new SimpleMeterRegistry());
    }

    @AfterAll
    static void stop() throws Exception {
        gateways.forEach(GatewayUnderTest::close);
        store.close();
        sandbox.close();
    }

    @BeforeEach
    void reset() {
        control.reset();
    }

    private static Http.Answer send(int gateway, String path, String body) {
        return gateways.get(gateway % gateways.size())
                .partner()
                .send(
                        "POST",
                        path,
                        body,
                        "Authorization",
                        "ApiKey-v1 sandbox-key-demo-shop",
                        "Content-Type",
                        "application/json",
                        "destination-hostname",
                        "sandbox.example");
    }

    private static Http.Answer coupon(int number) {
        return send(
                number,
                "/braze/coupon",
                "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\"c"
                        + number + "\"}");
    }

    /** Coupons that gateways have taken over from each other so far. */
    private static double sentForOthers() {
        return gateways.stream()
                .mapToDouble(gateway -> sentForOthers(gateway.management()))
                .sum();
    }

    private static double sentForOthers(Http management) {
        return management.metric("gateway_coupon_batch_guests_total");
    }

    /** A coupon for somebody of whom nobody has asked for one before, if the run is a new one. */
    private static Http.Answer coupon(String run, int number, String more) {
        return send(
                number,
                "/braze/coupon",
                "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\"" + run
                        + number + "\"" + more + "}");
    }

    /** As {@link #coupon}, from a partner who does not wait for long. */
    private static Http.Answer hastyCoupon(int gateway, String run, int number) {
        return hastyCoupon(gateways.get(gateway % gateways.size()).partner(), run, number);
    }

    private static Http.Answer hastyCoupon(Http partner, String run, int number) {
        return partner.send(
                "GET",
                "/iterable/coupon?deployment=https%3A%2F%2Fsandbox.example%2F&applicationId=1&campaignId=10"
                        + "&iterableCampaignId=" + run + "&recipientIntegrationId=" + run + number,
                (String) null,
                "Authorization",
                "ApiKey-v1 sandbox-key-demo-shop");
    }

    /** While nothing may be sent, all come together. */
    private static void nothingMayBeSentFor(int seconds) {
        control.fault(
                "{\"operation\":\"importCoupons\",\"kind\":\"status\",\"status\":429,\"retryAfter\":" + seconds + "}");
    }

    private static Set<String> codes(List<Http.Answer> answers) {
        answers.forEach(answer -> assertEquals(200, answer.status(), answer.text()));
        return answers.stream()
                .map(answer -> answer.json().path("Value").asText())
                .collect(Collectors.toSet());
    }

    private static Set<String> created() {
        return control.ledger("coupons").stream()
                .filter(coupon -> coupon.path("campaignId").asInt() == 10)
                .map(coupon -> coupon.path("value").asText())
                .collect(Collectors.toSet());
    }

    private static Set<String> createdSince(Set<String> before) {
        Set<String> created = created();
        created.removeAll(before);
        return created;
    }

    private static Http.Answer event(int number, String profile) {
        return send(
                number,
                "/braze/event",
                "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"" + profile
                        + "\",\"identifier\":\"" + profile + number + "\"}");
    }

    private static void allTaken(List<Http.Answer> answers, String... operations) {
        answers.forEach(answer -> assertEquals(200, answer.status(), answer.text()));
        for (String operation : operations) {
            control.calls(operation)
                    .forEach(call -> assertTrue(call.path("status").asInt() < 300, call.toString()));
        }
    }

    @Test
    void togetherTheyMakeNoMoreCallsThanTalonOneAllows() {
        List<Http.Answer> answers = Together.call(60, SharedLimitsTest::coupon);
        allTaken(answers, "createCoupons", "importCoupons", "getCouponsWithoutTotalCount");
        assertEquals(60, answers.stream().map(Http.Answer::text).distinct().count());
    }

    @Test
    void whoeverHasATurnSendsTheCouponsOfAll() {
        Set<String> before = created();
        double sentBefore = sentForOthers();
        nothingMayBeSentFor(3);
        String run = UUID.randomUUID().toString();
        Set<String> codes = codes(Together.call(90, number -> coupon(run, number, "")));
        assertEquals(90, codes.size());
        assertEquals(codes, createdSince(before));
        assertTrue(sentForOthers() > sentBefore, "each sent its own");
    }

    @Test
    void aBadRowIsRefusedToItsCallerWhoeverHasSentIt() {
        nothingMayBeSentFor(2);
        String run = UUID.randomUUID().toString();
        // One at each gateway.
        List<Http.Answer> answers = Together.call(
                40,
                number -> coupon(
                        run,
                        number,
                        number >= 15 && number < 15 + gateways.size()
                                ? ",\"attributes\":{\"nobody_knows_this\":1}"
                                : ""));
        for (Http.Answer bad : answers.subList(15, 15 + gateways.size())) {
            assertEquals(400, bad.status(), bad.text());
            assertTrue(bad.text().contains("nobody_knows_this"), bad.text());
        }
        List<Http.Answer> good = new ArrayList<>(answers);
        good.subList(15, 15 + gateways.size()).clear();
        assertEquals(40 - gateways.size(), codes(good).size());
    }

    @Test
    void aFileThatIsCarriedOutButNotConfirmedGivesTheCallersOfAllTheirOneCoupon() {
        Set<String> before = created();
        nothingMayBeSentFor(2);
        control.fault("{\"operation\":\"importCoupons\",\"kind\":\"commit-then-hang\"}");
        String run = UUID.randomUUID().toString();
        Set<String> codes = codes(Together.call(45, number -> coupon(run, number, "")));
        assertEquals(45, codes.size());
        assertEquals(codes, createdSince(before));
    }

    @Test
    void rowsWhoseTurnDoesNotComeAreNeverSentAndTheirRepeatsAreNotBlocked() {
        Set<String> before = created();
        nothingMayBeSentFor(10);
        String run = UUID.randomUUID().toString();
        List<Http.Answer> answers = Together.call(30, number -> hastyCoupon(number, run, number));
        long refused = answers.stream().filter(answer -> answer.status() == 429).count();
        assertTrue(refused > 0, "nobody was refused");
        Set<String> codes = codes(repeated(run, 30));
        assertEquals(30, codes.size());
        assertEquals(codes, createdSince(before));
    }

    @Test
    void whatAGatewayHadTakenThatDiedIsSentForTheRepeats() throws Exception {
        Set<String> before = created();
        nothingMayBeSentFor(4);
        String run = UUID.randomUUID().toString();
        CompletableFuture<List<Http.Answer>> answers =
                CompletableFuture.supplyAsync(() -> Together.call(30, number -> hastyCoupon(number, run, number)));
        AtomicInteger taken = new AtomicInteger();
        Await.until(() -> "no answer", () -> {
            taken.addAndGet(
                    store.update(new Sql("UPDATE answer SET state = 'SENT', sent = " + Sql.NOW + ", lease_until = "
                            + Sql.NOW + " + 5000, look_at = " + Sql.NOW + " + 5000 WHERE state = 'READY'")));
            return answers.isDone();
        });
        assertTrue(taken.get() > 0, "nothing was taken");
        Set<String> codes = codes(repeated(run, 30));
        assertEquals(30, codes.size());
        assertEquals(codes, createdSince(before));
    }

    @Test
    void aGatewayThatIsKilledWhileItSendsTheCouponsOfAllCostsNobodyASecondOne() {
        Set<String> before = created();
        Set<String> codes = new HashSet<>();
        try (GatewayProcess other = GatewayProcess.start(GatewayProcess.workingDirectory(), settings)) {
            boolean killed = false;
            while (!killed) {
                String run = UUID.randomUUID().toString();
                Set<String> beforeThisRun = created();
                control.forgetCalls();
                nothingMayBeSentFor(2);
                control.fault("{\"operation\":\"importCoupons\",\"kind\":\"commit-then-hang\",\"times\":0}");
                CompletableFuture<Void> dying =
                        CompletableFuture.runAsync(() -> Together.call(8, number -> fromTheDying(other, run, number)));
                // Who has been told to wait is the first to ask again, most of the time; else the next run follows.
                Await.until(
                        control::calls, () -> !control.calls("importCoupons").isEmpty());
                CompletableFuture<Void> all = dying.runAfterBoth(
                        CompletableFuture.runAsync(() -> Together.call(4, number -> hastyCoupon(0, run, 8 + number))),
                        () -> {});
                Await.until(
                        () -> "neither",
                        () -> all.isDone()
                                || sentForOthers(other.management()) > 0
                                        && !createdSince(beforeThisRun).isEmpty());
                killed = sentForOthers(other.management()) > 0;
                if (killed) {
                    other.kill();
                }
                control.endFaults();
                all.join();
                Set<String> codesOfThisRun = codes(repeated(run, 12));
                assertEquals(12, codesOfThisRun.size());
                codes.addAll(codesOfThisRun);
            }
        }
        assertEquals(codes, createdSince(before));
    }

    private static Http.Answer fromTheDying(GatewayProcess gateway, String run, int number) {
        try {
            return hastyCoupon(gateway.partner(), run, number);
        } catch (UncheckedIOException killed) {
            return null;
        }
    }

    /** Asks again at other gateways until there is a coupon. */
    private static List<Http.Answer> repeated(String run, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> {
                    Http.Answer[] answer = new Http.Answer[1];
                    Await.until(() -> answer[0].text(), () -> {
                        answer[0] = hastyCoupon(number + 1, run, number);
                        return answer[0].status() == 200;
                    });
                    return answer[0];
                })
                .toList();
    }

    @Test
    void whatOneHasAnsweredTheOtherAnswersToo() {
        assertEquals(coupon(1000).text(), coupon(1000).text());
        assertEquals(
                send(
                                0,
                                "/braze/coupon",
                                "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,"
                                        + "\"identifier\":\"both\"}")
                        .text(),
                send(
                                1,
                                "/braze/coupon",
                                "{\"deploymentUrl\":\"sandbox.example\",\"applicationId\":1,\"campaignId\":10,"
                                        + "\"identifier\":\"both\"}")
                        .text());
    }

    @Test
    void theirEventsOfOneProfileFollowEachOther() {
        control.fault("{\"operation\":\"trackEventV2\",\"kind\":\"delay\",\"delayMillis\":5,\"times\":0}");
        List<Http.Answer> answers = Together.call(40, number -> event(number, "crowded"));
        allTaken(answers, "trackEventV2");
        assertEquals(40, control.calls("trackEventV2").size());
    }

    @Test
    void theProfileOfAGatewayThatDiedIsFreeAfterAWhile() {
        SharedLeases dead = new SharedLeases(store);
        assertTrue(dead.take("shop profile held", Duration.ofSeconds(2)));
        assertFalse(new SharedLeases(store).take("shop profile held", Duration.ofSeconds(2)));
        long begun = System.nanoTime();
        assertEquals(200, event(0, "held").status());
        assertTrue(System.nanoTime() - begun > Duration.ofMillis(1000).toNanos(), "nobody held it");
    }

    @Test
    void aLeaseFromBeforeTheDatabasesClockWentBackHoldsNobodyUp() {
        String profile = "shop profile back";
        assertTrue(new SharedLeases(store).take(profile, Duration.ofSeconds(2)));
        assertEquals(
                1,
                store.update(
                        new Sql("UPDATE lease SET ends_at = ends_at + 3600000 WHERE id = ?"),
                        Credential.sha256(profile)));
        assertTrue(new SharedLeases(store).take(profile, Duration.ofHours(1)));
        assertFalse(new SharedLeases(store).take(profile, Duration.ofSeconds(2)), "no lease lasts for an hour");
    }

    @Test
    void callsAreSpreadOverTheSecondAndThoseOfAGatewayThatDiedCountForThreeSeconds() {
        SharedAllowance dead = new SharedAllowance(store);
        SharedAllowance living = new SharedAllowance(store);
        assertTrue(dead.take("shop spread", 3).taken());
        Grant tooSoon = living.take("shop spread", 3);
        assertFalse(tooSoon.taken());
        assertTrue(tooSoon.pause().toMillis() <= 334, tooSoon.toString());
        List<Long> taken = new ArrayList<>();
        long begun = System.nanoTime();
        while (taken.size() < 3) {
            Grant grant = living.take("shop spread", 3);
            if (grant.taken()) {
                taken.add(System.nanoTime() - begun);
            }
            Await.moment();
        }
        assertTrue(taken.get(2) > Duration.ofMillis(2500).toNanos(), taken.toString());
        assertTrue(taken.get(2) < Duration.ofSeconds(10).toNanos(), taken.toString());
    }

    @Test
    void aCallThatWasNotMadeIsGivenBack() {
        SharedAllowance one = new SharedAllowance(store);
        one.take("shop unused", 1).end().end(false);
        assertEquals(1, one.left("shop unused", 1));
        Grant again = new SharedAllowance(store).take("shop unused", 1);
        assertTrue(again.taken());
        again.end().end(true);
        assertFalse(new SharedAllowance(store).take("shop unused", 1).taken());
    }

    @Test
    void whenTalonOneSaysThatThereWereTooManyAllHoldBack() {
        SharedAllowance one = new SharedAllowance(store);
        Grant grant = one.take("shop paused", 3);
        grant.end().end(true);
        one.pause("shop paused", Duration.ofSeconds(30));
        Grant other = new SharedAllowance(store).take("shop paused", 3);
        assertFalse(other.taken());
        assertTrue(other.pause().toSeconds() >= 25, other.toString());
    }
}
