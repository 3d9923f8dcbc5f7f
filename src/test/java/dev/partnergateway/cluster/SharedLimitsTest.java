package dev.partnergateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Http;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.harness.SandboxControl;
import dev.partnergateway.harness.Together;
import dev.partnergateway.sandbox.Sandbox;
import dev.partnergateway.settings.Settings;
import dev.partnergateway.store.Store;
import dev.partnergateway.talonone.Allowance.Grant;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two gateways on one PostgreSQL are one to Talon.One. */
class SharedLimitsTest {

    private static Sandbox sandbox;
    private static SandboxControl control;
    private static Store store;
    private static List<GatewayUnderTest> gateways;

    @BeforeAll
    static void start() throws Exception {
        sandbox = Sandbox.start("127.0.0.1", 0, Path.of("openapi/talon-one.yaml"));
        control = new SandboxControl(new Http(sandbox.port()));
        Map<String, String> settings = new HashMap<>(Postgres.newStore());
        Properties same = new Properties();
        same.putAll(settings);
        settings.putAll(Map.of(
                "gateway.sandbox", "false",
                "gateway.deployments.shop.host", "sandbox.example",
                "gateway.deployments.shop.base-url", "http://127.0.0.1:" + sandbox.port(),
                "gateway.deployments.shop.management-key", "sandbox-management-key",
                "gateway.deadline.braze", "25000"));
        gateways = List.of(GatewayUnderTest.start(settings), GatewayUnderTest.start(settings));
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

    private static Http.Answer event(int number, String profile) {
        return send(
                number,
                "/braze/event",
                "{\"eventType\":\"viewed\",\"type\":\"string\",\"customerProfileId\":\"" + profile
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
