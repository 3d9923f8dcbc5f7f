package dev.partnergateway.access;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.partnergateway.call.Credential;
import dev.partnergateway.harness.Await;
import dev.partnergateway.harness.BesideOthers;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Together;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long the gateway believes what it was told of a key, how often a key may call, and what becomes of those who guess. */
@BesideOthers
class KeyTimeTest {

    private static final String DEMO_KEY = "sandbox-key-demo-shop";
    private static final String OTHER_KEY = "sandbox-key-other-shop";
    private static final int MOST_REFUSED = 40;

    private static final AtomicLong NOW = new AtomicLong();

    private static GatewayUnderTest gateway;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws IOException {
        Map<String, String> settings = new HashMap<>();
        Files.writeString(directory.resolve("key"), "sandbox-management-key");
        settings.put("gateway.deployments.mounted.host", "mounted.example");
        settings.put("gateway.proxies", "1");
        settings.put("gateway.deadline.braze", "30000");
        settings.put("gateway.sandbox.port", "" + GatewayUnderTest.freePort());
        settings.put("gateway.deployments.listed.host", "listed.example");
        settings.put("gateway.deployments.listed.base-url", "http://127.0.0.1:" + settings.get("gateway.sandbox.port"));
        settings.put("gateway.deployments.mounted.base-url", settings.get("gateway.deployments.listed.base-url"));
        settings.put("gateway.deployments.mounted.management-key", "file:" + directory.resolve("key"));
        settings.put("gateway.deployments.listed.management-key", "sandbox-management-key");
        settings.put("gateway.deployments.listed.keys." + Credential.sha256(DEMO_KEY), "1:segment");
        settings.put("gateway.deployments.listed.keys." + Credential.sha256(OTHER_KEY), "2:none");
        gateway = GatewayUnderTest.start(settings, NOW::get);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void reset() {
        NOW.addAndGet(Duration.ofDays(2).toNanos());
        gateway.sandbox().reset();
        gateway.sandbox().limits("{\"managementPerSecond\":0}");
    }

    private static void pass(Duration time) {
        NOW.addAndGet(time.toNanos());
    }

    private static Http.Answer coupon(String identifier) {
        return coupon("sandbox.example", 1, 10, DEMO_KEY, identifier);
    }

    private static Http.Answer coupon(String deployment, int application, int campaign, String key, String identifier) {
        return coupon(deployment, application, campaign, key, identifier, "192.0.2.77");
    }

    /** A call that is passed on with the partner's own key. */
    private static Http.Answer reserve(String source, String deployment, String key) {
        return gateway.partner()
                .send(
                        "POST",
                        "/braze/coupon_reservation",
                        "{\"deploymentUrl\":\"" + deployment
                                + "\",\"couponValue\":\"DEMO-ALIC-E001\",\"integrationId\":\"alice\"}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 " + key,
                        "X-Forwarded-For",
                        source);
    }

    private static void revoke() {
        gateway.sandbox()
                .fault(
                        "{\"operation\":\"integrationGetAllCampaigns\",\"kind\":\"status\",\"status\":401,\"times\":1000}");
    }

    @Test
    void aRevokedKeyIsNoticedWithinFiveMinutesAlsoByRepeats() {
        String identifier = UUID.randomUUID().toString();
        Http.Answer first = coupon(identifier);
        assertEquals(200, first.status(), first.text());
        revoke();
        pass(Duration.ofSeconds(299));
        assertArrayEquals(first.body(), coupon(identifier).body(), "it is still believed");
        pass(Duration.ofSeconds(1));
        assertEquals(401, coupon(identifier).status(), "a repeat is refused, too");
        assertEquals(401, coupon("new-" + identifier).status());
        assertEquals(1, gateway.sandbox().calls("createCoupons").size());
    }

    @Test
    void aKeyInUseIsCheckedAgainAfterFiveMinutesHoweverOftenItIsUsed() {
        for (int minute = 0; minute <= 10; minute++) {
            assertEquals(200, coupon("minute-" + minute).status());
            pass(Duration.ofMinutes(1));
        }
        assertEquals(3, gateway.sandbox().calls("integrationGetAllCampaigns").size());
    }

    @Test
    void aRefusedKeyIsAskedForAgainAfterTenSeconds() {
        revoke();
        for (int i = 0; i < 5; i++) {
            assertEquals(401, coupon("refused").status());
            pass(Duration.ofMillis(1999));
        }
        assertEquals(1, gateway.sandbox().calls("integrationGetAllCampaigns").size());
        gateway.sandbox().reset();
        pass(Duration.ofMillis(10));
        assertEquals(200, coupon("refused").status(), "it has become good");
    }

    @Test
    void aKeyThatCannotBeBoundIsAskedForAgainAfterTenSeconds() {
        assertEquals(
                401,
                coupon("sandbox.example", 3, 30, "sandbox-key-no-campaign", "a").status());
        pass(Duration.ofSeconds(10));
        assertEquals(
                401,
                coupon("sandbox.example", 3, 30, "sandbox-key-no-campaign", "a").status());
        assertEquals(2, gateway.sandbox().calls("integrationGetAllCampaigns").size());
        assertEquals(List.of(), gateway.sandbox().calls("getCampaign"), "the operator's key is not used");
    }

    @Test
    void whoGuessesKeysWaitsAndNobodyElseDoes() {
        for (int i = 0; i < MOST_REFUSED; i++) {
            assertEquals(
                    401, reserve("192.0.2.1", "sandbox.example", "guess-" + i).status());
        }
        int asked = gateway.sandbox().calls().size();
        Http.Answer slowed = reserve("192.0.2.1", "sandbox.example", "guess-more");
        assertEquals(429, slowed.status(), slowed.text());
        assertEquals("1", slowed.header("Retry-After"));
        assertEquals(
                429,
                coupon("sandbox.example", 1, 10, "guess-other", "a", "192.0.2.1")
                        .status());
        assertEquals(asked, gateway.sandbox().calls().size(), "Talon.One is not asked");
        assertEquals(401, reserve("192.0.2.2", "sandbox.example", "guess-0").status(), "another address is not slowed");
        assertEquals(200, reserve("192.0.2.2", "sandbox.example", DEMO_KEY).status());
        assertEquals(
                200,
                reserve("192.0.2.1", "sandbox.example", DEMO_KEY).status(),
                "a key that Talon.One accepted a moment ago is not slowed either");
        assertEquals(401, reserve("192.0.2.1", "listed.example", "guess-0").status(), "nor another deployment");
        pass(Duration.ofSeconds(1));
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    401,
                    reserve("192.0.2.1", "sandbox.example", "patient-" + i).status(),
                    "a few in a second are tried");
        }
        assertEquals(429, reserve("192.0.2.1", "sandbox.example", "patient-20").status(), "and no more");
    }

    @Test
    void aKeyInUseIsNeverHeldUpByThoseWhoGuessBehindTheSameAddress() {
        assertEquals(200, reserve("192.0.2.20", "sandbox.example", DEMO_KEY).status());
        for (int minute = 0; minute < 20; minute++) {
            for (int i = 0; i < 2 * MOST_REFUSED; i++) {
                reserve("192.0.2.20", "sandbox.example", "guess-" + minute + "-" + i);
            }
            Http.Answer honest = reserve("192.0.2.20", "sandbox.example", DEMO_KEY);
            assertEquals(200, honest.status(), "in minute " + minute + " " + honest.text());
            pass(Duration.ofMinutes(1));
        }
    }

    @Test
    void aKeyThatIsNewHereGetsInWithinSecondsHoweverManyGuessBehindTheSameAddress() {
        for (int i = 0; i < 2 * MOST_REFUSED; i++) {
            reserve("192.0.2.21", "sandbox.example", "first-" + i);
        }
        int seconds = 0;
        for (int status = 0; status != 200; seconds++) {
            assertTrue(seconds < 60, "it was never let in");
            pass(Duration.ofSeconds(1));
            for (int i = 0; i < 10; i++) {
                reserve("192.0.2.21", "sandbox.example", "flood-" + seconds + "-" + i);
                // Its calls come at another moment of each second.
                if (i == (7 * seconds + 5) % 10) {
                    status = event(gateway, "sandbox.example", OTHER_KEY, "new-" + seconds, "192.0.2.21")
                            .status();
                }
            }
        }
        assertTrue(seconds < 10, seconds + " seconds");
    }

    @Test
    void manyPartnersBehindOneAddressWaitForNobodyAfterARestart() {
        for (int i = 0; i < MOST_REFUSED - 1; i++) {
            assertEquals(
                    401, reserve("192.0.2.22", "sandbox.example", "stale-" + i).status());
        }
        for (int i = 0; i < 3 * MOST_REFUSED; i++) {
            Http.Answer answer = i % 2 == 0
                    ? reserve("192.0.2.22", "sandbox.example", DEMO_KEY)
                    : event(gateway, "sandbox.example", OTHER_KEY, "many-" + i, "192.0.2.22");
            assertEquals(200, answer.status(), "an accepted key costs nothing");
        }
    }

    private static void campaignsAnswer(int status) {
        gateway.sandbox()
                .fault("{\"operation\":\"integrationGetAllCampaigns\",\"kind\":\"status\",\"status\":" + status
                        + ",\"times\":1000}");
    }

    private static void pingAnswers(String fault) {
        gateway.sandbox().fault("{\"operation\":\"authPing\",\"times\":1000," + fault + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"kind\":\"status\",\"status\":429",
                "\"kind\":\"status\",\"status\":500",
                "\"kind\":\"status\",\"status\":503",
                "\"kind\":\"status\",\"status\":302",
                "\"kind\":\"status\",\"status\":408",
                "\"kind\":\"reset\""
            })
    void silenceProvesNothingAndIsNotRemembered(String fault) {
        campaignsAnswer(404);
        pingAnswers(fault);
        for (String deployment : List.of("sandbox.example", "listed.example")) {
            Http.Answer answer = coupon(deployment, 2, 20, OTHER_KEY, "silence");
            assertEquals(503, answer.status(), answer.text());
            assertTrue(answer.header("Retry-After") != null, answer.text());
        }
        assertEquals(List.of(), gateway.sandbox().calls("createCoupons"));
        assertEquals(List.of(), gateway.sandbox().calls("getCampaign"), "the operator's key is not used");
        gateway.sandbox().endFaults();
        pass(Duration.ofNanos(1));
        assertEquals(200, coupon("listed.example", 2, 20, OTHER_KEY, "silence").status(), "it can be told now");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503, 302, 408})
    void aListOfCampaignsThatDoesNotComeProvesNothing(int status) {
        campaignsAnswer(status);
        for (String deployment : List.of("sandbox.example", "listed.example")) {
            Http.Answer answer = coupon(deployment, 2, 20, OTHER_KEY, "no-list");
            assertEquals(503, answer.status(), answer.text());
        }
        assertEquals(List.of(), gateway.sandbox().calls("createCoupons"));
        gateway.sandbox().endFaults();
        pass(Duration.ofNanos(1));
        assertEquals(200, coupon("listed.example", 2, 20, OTHER_KEY, "no-list").status());
    }

    @Test
    void whereTalonOneCanTellNothingOnlyTheOperatorsWordCounts() {
        campaignsAnswer(404);
        pingAnswers("\"kind\":\"status\",\"status\":404");
        assertEquals(401, coupon("sandbox.example", 2, 20, OTHER_KEY, "unknown").status());
        assertEquals(
                401,
                event(gateway, "sandbox.example", "invented", "a", "192.0.2.50").status(),
                "nor is anything read for it");
        assertEquals(List.of(), gateway.sandbox().calls("createCoupons"));
        assertEquals(List.of(), gateway.sandbox().calls("getAttributes"));
        assertEquals(
                200, coupon("listed.example", 2, 20, OTHER_KEY, "registered").status());
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aRegisteredKeyThatWasRevokedCreatesNothing(int status) {
        campaignsAnswer(404);
        assertEquals(200, coupon("listed.example", 2, 20, OTHER_KEY, "before").status(), "an older deployment");
        int created = gateway.sandbox().ledger("coupons").size();
        pingAnswers("\"kind\":\"status\",\"status\":" + status);
        pass(Duration.ofMinutes(5));
        assertEquals(401, coupon("listed.example", 2, 20, OTHER_KEY, "after").status());
        assertEquals(401, coupon("listed.example", 2, 20, OTHER_KEY, "before").status(), "no repeat either");
        assertEquals(created, gateway.sandbox().ledger("coupons").size());
    }

    private static Http.Answer coupon(
            String deployment, int application, int campaign, String key, String identifier, String source) {
        return gateway.partner()
                .send(
                        "POST",
                        "/braze/coupon",
                        "{\"deploymentUrl\":\"" + deployment + "\",\"applicationId\":" + application
                                + ",\"campaignId\":" + campaign + ",\"identifier\":\"" + identifier + "\"}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 " + key,
                        "X-Forwarded-For",
                        source);
    }

    private static Http.Answer event(
            GatewayUnderTest to, String deployment, String key, String identifier, String source) {
        return to.partner()
                .send(
                        "POST",
                        "/braze/event",
                        "{\"eventType\":\"viewed_product\",\"type\":\"string\",\"customerProfileId\":\"alice\","
                                + "\"identifier\":\"" + identifier + "\",\"eventAttributes\":{\"amount\":\"12.5\"}}",
                        "Content-Type",
                        "application/json",
                        "destination-hostname",
                        deployment,
                        "Authorization",
                        "ApiKey-v1 " + key,
                        "X-Forwarded-For",
                        source);
    }

    @Test
    void noStrangerMakesTheGatewayUseItsOwnKeyAndManyPartnersMakeItOnce() {
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    401,
                    event(gateway, "listed.example", "no-key-" + i, "a", "192.0.2.6")
                            .status());
        }
        assertEquals(List.of(), gateway.sandbox().calls("getAttributes"));
        Together.call(20, i -> event(gateway, "listed.example", OTHER_KEY, "calm-" + i, "192.0.2.7"))
                .forEach(answer -> assertEquals(200, answer.status(), answer.text()));
        assertEquals(1, gateway.sandbox().calls("getAttributes").size());
        gateway.sandbox()
                .calls("trackEventV2")
                .forEach(call -> assertTrue(call.at("/body/attributes/amount").isNumber(), call.toString()));
    }

    /** A deployment that accepts one key at once, and refuses others only when it is told to. */
    private static HttpServer slow(AtomicInteger mostAtOnce, CountDownLatch refuse) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        server.setExecutor(Executors.newCachedThreadPool());
        AtomicInteger atOnce = new AtomicInteger();
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                boolean known =
                        exchange.getRequestHeaders().getFirst("Authorization").endsWith(DEMO_KEY);
                if (!known) {
                    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                    refuse.await(30, TimeUnit.SECONDS);
                    atOnce.decrementAndGet();
                }
                byte[] answer = ("{\"hasMore\":false,\"data\":[{\"applicationId\":1}],"
                                + "\"effects\":[],\"createdCoupons\":[],\"createdReferrals\":[]}")
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
                exchange.getResponseBody().write(answer);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        return server;
    }

    @Test
    void strangersKeepNeitherTalonOneNorKnownKeysBusy() throws IOException {
        int strangers = 96;
        AtomicInteger mostAtOnce = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(1);
        CountDownLatch refuse = new CountDownLatch(1);
        HttpServer deployment = slow(mostAtOnce, refuse);
        try (GatewayUnderTest own = GatewayUnderTest.start(
                Map.of(
                        "gateway.proxies", "1",
                        "gateway.deadline.braze", "30000",
                        "gateway.deployments.slow.host", "slow.example",
                        "gateway.deployments.slow.base-url",
                                "http://127.0.0.1:" + deployment.getAddress().getPort()),
                NOW::get)) {
            // The first call of a gateway may take longer than it waits for a proof, on a busy machine.
            Await.until(
                    own::gateway,
                    () -> event(own, "slow.example", DEMO_KEY, "a", "192.0.2.8").status() == 200);
            pass(Duration.ofMinutes(10));
            List<Http.Answer> answers = Together.call(strangers + 1, i -> {
                if (i == strangers) {
                    await(full);
                    Http.Answer answer = event(own, "slow.example", DEMO_KEY, "b", "192.0.2.8");
                    refuse.countDown();
                    return answer;
                }
                Http.Answer answer = event(own, "slow.example", "stranger-" + i, "c", "198.51.100." + i);
                if (answer.status() == 503) {
                    full.countDown();
                }
                return answer;
            });
            assertEquals(200, answers.get(strangers).status(), "a key that was accepted before does not wait");
            assertEquals(64, mostAtOnce.get());
            answers.stream()
                    .filter(answer -> answer.status() == 503)
                    .forEach(answer -> assertEquals("1", answer.header("Retry-After")));
        } finally {
            refuse.countDown();
            deployment.stop(0);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "nobody was refused");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A call that is counted and then refused, so that Talon.One has no say in it. */
    private static Http.Answer counted(String key) {
        return gateway.partner()
                .send(
                        "PUT",
                        "/segment/v2/customer_sessions/s",
                        "{}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "ApiKey-v1 " + key,
                        "destination-hostname",
                        "sandbox.example",
                        "X-Callback-Destination-URI",
                        "https://not-allowed.example/");
    }

    @Test
    void aKeyThatCallsTooOftenIsToldToWaitAndAnotherKeyIsNot() {
        for (int i = 0; i < 60; i++) {
            assertEquals(400, counted(DEMO_KEY).status());
        }
        Http.Answer refused = counted(DEMO_KEY);
        assertEquals(429, refused.status());
        assertEquals("Too many requests", refused.json().path("Error").asText());
        assertEquals("1", refused.header("Retry-After"));
        assertEquals(400, counted("sandbox-key-other-shop").status());
        pass(Duration.ofMillis(17));
        assertEquals(400, counted(DEMO_KEY).status(), "a sixtieth of a second is one call");
        assertEquals(429, counted(DEMO_KEY).status());
    }

    @Test
    void aRenewedManagementKeyIsTakenFromItsFileWithoutARestart() throws IOException {
        Files.writeString(directory.resolve("key"), "sandbox-management-key-of-yesterday");
        Await.until(KeyTimeTest::mounted, () -> mounted().status() == 502);
        Files.writeString(directory.resolve("key"), "sandbox-management-key");
        Await.until(() -> mounted().text(), () -> mounted().status() == 200);
    }

    private static Http.Answer mounted() {
        pass(Duration.ofSeconds(1));
        return coupon("mounted.example", 1, 10, DEMO_KEY, UUID.randomUUID().toString());
    }

    @Test
    void theCallersOwnTextIsNoAddress() {
        for (int i = 0; i < MOST_REFUSED; i++) {
            assertEquals(
                    401,
                    reserve("10.0.0." + i + ", 192.0.2.9", "sandbox.example", "forged-" + i)
                            .status());
        }
        assertEquals(
                429,
                reserve("10.0.0.99, 192.0.2.9", "sandbox.example", "forged-more")
                        .status());
    }

    @Test
    void aMisconfiguredKeyThatIsUsedAgainAndAgainSlowsNobody() {
        for (int i = 0; i < 3 * MOST_REFUSED; i++) {
            assertEquals(401, reserve("192.0.2.3", "sandbox.example", "expired").status());
        }
        assertEquals(401, reserve("192.0.2.3", "sandbox.example", "another").status());
        assertEquals(2, gateway.sandbox().calls("integrationGetAllCampaigns").size());
        assertEquals(List.of(), gateway.sandbox().calls("createCouponReservation"));
    }

    @Test
    void oneBadKeyTriedAtManyOperationsIsOneKey() {
        for (int i = 0; i < MOST_REFUSED / 2; i++) {
            for (String operation : List.of("reserve", "coupon", "referral")) {
                String key = "bad-" + i / 5;
                Http.Answer answer = operation.equals("reserve")
                        ? reserve("192.0.2.5", "sandbox.example", key)
                        : coupon("sandbox.example", 1, 10, key, operation, "192.0.2.5");
                assertEquals(401, answer.status(), answer.text());
            }
            pass(Duration.ofMillis(100));
        }
        assertEquals(401, reserve("192.0.2.5", "sandbox.example", "another").status());
    }

    @Test
    void aKeyRegisteredForAnotherPlatformIsRefusedWithoutAsking() {
        Http.Answer answer = coupon("listed.example", 1, 10, DEMO_KEY, "platform");
        assertEquals(401, answer.status(), answer.text());
        assertEquals(401, reserve("192.0.2.4", "listed.example", DEMO_KEY).status(), "also where nothing is proven");
        assertEquals(List.of(), gateway.sandbox().calls());
    }

    @Test
    void aKeyRegisteredForNoPlatformIsGoodForAll() {
        Http.Answer answer = coupon("listed.example", 2, 20, OTHER_KEY, "platform");
        assertEquals(200, answer.status(), answer.text());
    }

    @Test
    void aRegistryThatContradictsTalonOneProvesNothing() {
        try (GatewayUnderTest own = GatewayUnderTest.start(Map.of(
                "gateway.deployments.wrong.host",
                "wrong.example",
                "gateway.deployments.wrong.base-url",
                "http://127.0.0.1:" + gateway.gateway().sandbox().orElseThrow().port(),
                "gateway.deployments.wrong.management-key",
                "sandbox-management-key",
                "gateway.deployments.wrong.keys." + Credential.sha256(OTHER_KEY),
                "1"))) {
            Http.Answer answer = own.partner()
                    .send(
                            "POST",
                            "/braze/coupon",
                            "{\"deploymentUrl\":\"wrong.example\",\"applicationId\":1,\"campaignId\":10,\"identifier\":\"a\"}",
                            "Content-Type",
                            "application/json",
                            "Authorization",
                            "ApiKey-v1 " + OTHER_KEY);
            assertEquals(401, answer.status(), answer.text());
            assertEquals(List.of(), gateway.sandbox().calls("createCoupons"));
        }
    }
}
