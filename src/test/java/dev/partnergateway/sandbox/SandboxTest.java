package dev.partnergateway.sandbox;

import static dev.partnergateway.sandbox.SandboxClient.COUPONS;
import static dev.partnergateway.sandbox.SandboxClient.asShop;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.Await;
import dev.partnergateway.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxTest {

    private static final SettableClock CLOCK = new SettableClock();
    private static final String EVENT =
            "{\"profileId\":\"alice\",\"type\":\"greeted\",\"responseContent\":[\"event\"]}";

    private static SandboxClient sandbox;

    private static final class SettableClock extends Clock {
        private volatile Instant now = Instant.parse("2026-06-01T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeAll
    static void start() {
        sandbox = new SandboxClient(CLOCK);
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @BeforeEach
    void reset() {
        sandbox.reset();
    }

    private static Reply keyed(String key, String applicationKey) {
        return sandbox.send(sandbox.request("POST", "/v2/events?silent=no", EVENT)
                .header("Idempotency-Key", key)
                .header("Authorization", "ApiKey-v1 " + applicationKey));
    }

    @Test
    void aKnownKeyOfTheRightKindIsNeeded() {
        String[] wrong = {"", "ApiKey-v1 unknown", "ManagementKey-v1 " + Seed.MANAGEMENT_KEY, Seed.DEMO_SHOP_KEY};
        for (String one : wrong) {
            Reply reply = sandbox.send(
                    sandbox.request("GET", "/v1/integration/campaigns", null).header("Authorization", one));
            assertEquals(401, reply.status(), one);
            assertEquals(401, reply.json().path("StatusCode").asInt());
            assertTrue(reply.json().path("errors").isArray());
            assertFalse(reply.json().path("message").asText().isEmpty());
        }
        assertEquals(401, sandbox.shop("GET", "/v1/attributes", null).status());
    }

    @Test
    void aKeySeesTheRunningCampaignsOfItsApplicationOnly() {
        String path = "/v1/integration/campaigns";
        JsonNode mine = sandbox.shop("GET", path, null).json().path("data");
        assertEquals("[10, 11]", mine.findValuesAsText("id").toString());
        assertEquals(1, mine.path(0).path("applicationId").asInt());
        JsonNode other = sandbox.other("GET", path + "?campaignIds=10,20&pageSize=1", null)
                .json();
        assertEquals("[20]", other.path("data").findValuesAsText("id").toString());
        assertFalse(other.path("hasMore").asBoolean());
        assertEquals(
                0,
                sandbox.shop("GET", path + "?campaignIds=12", null)
                        .json()
                        .path("data")
                        .size());
        Reply empty = sandbox.send(
                sandbox.request("GET", path, null).header("Authorization", "ApiKey-v1 " + Seed.NO_CAMPAIGN_KEY));
        assertEquals(0, empty.json().path("data").size());
    }

    @Test
    void unknownApplicationsAndCampaignsAreNotFound() {
        assertEquals(
                200,
                sandbox.operator("GET", "/v1/applications/1/campaigns/12", null).status());
        String[] wrong = {"9/campaigns/10", "1/campaigns/20", "1/campaigns/99", "1/campaigns/99999999999"};
        for (String one : wrong) {
            assertEquals(
                    404,
                    sandbox.operator("GET", "/v1/applications/" + one, null).status(),
                    one);
        }
        assertEquals(
                400,
                sandbox.operator("GET", "/v1/applications/one/campaigns/10", null)
                        .status());
        assertEquals(404, sandbox.shop("GET", "/v3/events", null).status());
        assertEquals(405, sandbox.shop("GET", "/v2/events", null).status());
    }

    @Test
    void bodiesThatAreNotJsonObjectsAreRefused() {
        for (String body : new String[] {"", "[]", "{\"type\":", "{\"type\":\"a\",\"type\":\"b\"}", "\"{}\""}) {
            assertEquals(400, sandbox.shop("POST", "/v2/events", body).status(), body);
        }
        assertEquals(
                400,
                sandbox.shop("GET", "/v1/customer_profiles/alice/inventory", "{}")
                        .status());
        assertEquals(
                400,
                sandbox.shop("GET", "/v1/customer_profiles/alice/inventory?profile=yes", null)
                        .status());
        Reply text = sandbox.send(
                asShop(sandbox.request("POST", "/v2/events", EVENT)).setHeader("Content-Type", "text/plain"));
        assertEquals(400, text.status());
    }

    @Test
    void eachManagementEndpointTakesThreeCallsASecond() {
        sandbox.control("PUT", "/sandbox/limits", "{\"managementPerSecond\":3}");
        String path = "/v1/applications/1/campaigns/10";
        int refused = 0;
        Reply last = null;
        for (int i = 0; i < 5; i++) {
            Reply reply = sandbox.operator("GET", path, null);
            if (reply.status() == 429) {
                refused++;
                last = reply;
            }
        }
        assertEquals(2, refused);
        assertEquals("1", last.retryAfter());
        assertEquals(200, sandbox.operator("GET", "/v1/audiences", null).status());
        Await.until(() -> "429", () -> sandbox.operator("GET", path, null).status() != 429);
        assertEquals(
                400,
                sandbox.control("PUT", "/sandbox/limits", "{\"perSecond\":3}").status());
    }

    @Test
    void aRepeatedKeyGetsTheFirstAnswerForADay() {
        Reply first = keyed("k1", Seed.DEMO_SHOP_KEY);
        CLOCK.now = CLOCK.now.plus(Duration.ofHours(23));
        assertEquals(first, keyed("k1", Seed.DEMO_SHOP_KEY));
        assertEquals(1, sandbox.ledger("events").size());
        assertTrue(sandbox.ledger("calls").path(1).path("replayed").asBoolean());
        assertEquals(200, keyed("k1", Seed.OTHER_SHOP_KEY).status());
        assertEquals(2, sandbox.ledger("events").size());
        CLOCK.now = CLOCK.now.plus(Duration.ofHours(2));
        keyed("k1", Seed.DEMO_SHOP_KEY);
        assertEquals(3, sandbox.ledger("events").size());
    }

    @Test
    void aRefusalIsRepeatedUnderItsKeyToo() {
        String bad = "{\"attributes\":{\"nope\":1}}";
        for (String body : new String[] {bad, "{}"}) {
            Reply reply = sandbox.send(asShop(sandbox.request("PUT", "/v2/customer_profiles/alice", body))
                    .header("Idempotency-Key", "k2"));
            assertEquals(400, reply.status());
        }
    }

    @Test
    void aKeyOfMoreThan255CharactersIsRefused() {
        assertEquals(200, keyed("k".repeat(255), Seed.DEMO_SHOP_KEY).status());
        assertEquals(400, keyed("k".repeat(256), Seed.DEMO_SHOP_KEY).status());
    }

    @Test
    void operationsWithoutRepeatsIgnoreTheHeader() {
        String body = "{\"campaignId\":10,\"advocateProfileIntegrationId\":\"alice\"}";
        for (int i = 0; i < 2; i++) {
            sandbox.send(asShop(sandbox.request("POST", "/v1/referrals", body)).header("Idempotency-Key", "k3"));
        }
        assertEquals(2, sandbox.ledger("referrals").size());
    }

    @Test
    void callsAreRecordedInOrderWithoutKeys() {
        sandbox.coupon("SEEN-1");
        keyed("k4", Seed.DEMO_SHOP_KEY);
        Reply calls = sandbox.control("GET", "/sandbox/calls", null);
        assertFalse(calls.text().contains("sandbox-key"), calls.text());
        assertFalse(calls.text().contains("sandbox-management-key"));
        JsonNode first = calls.json().path(0);
        assertEquals("createCoupons", first.path("operation").asText());
        assertEquals("POST", first.path("method").asText());
        assertEquals(COUPONS, first.path("path").asText());
        assertEquals("no", first.path("query").path("silent").asText());
        assertEquals(200, first.path("status").asInt());
        assertEquals("SEEN-1", first.path("body").path("couponPattern").asText());
        assertEquals("ManagementKey-v1", first.path("credential").asText());
        assertEquals("k4", calls.json().path(1).path("idempotencyKey").asText());
        assertEquals(1, sandbox.ledger("calls?operation=trackEventV2").size());
        sandbox.control("DELETE", "/sandbox/calls", null);
        assertEquals(0, sandbox.ledger("calls").size());
    }

    @Test
    void aResetGivesTheSameSandboxEveryTime() {
        String referral = "{\"campaignId\":10,\"advocateProfileIntegrationId\":\"alice\"}";
        CLOCK.now = Instant.parse("2026-06-01T12:00:00Z");
        String first = sandbox.shop("POST", "/v1/referrals", referral).text();
        sandbox.reset();
        assertEquals(first, sandbox.shop("POST", "/v1/referrals", referral).text());
        assertTrue(first.contains("\"created\":\"2026-06-01T12:00:00.000Z\""), first);
    }

    @Test
    void theFrontPageTellsWhatThereIs() {
        JsonNode about = sandbox.control("GET", "/sandbox", null).json();
        assertEquals(26, about.path("operations").size());
        assertEquals(
                "ApiKey-v1 sandbox-key-demo-shop",
                about.at("/applications/0/key").asText());
        assertEquals(10, about.at("/applications/0/campaigns/0/id").asInt());
        assertEquals(404, sandbox.control("GET", "/sandbox/nothing", null).status());
    }

    @Test
    void aTakenPortStopsTheStartWithItsNumber() {
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> Sandbox.start("127.0.0.1", sandbox.port(), SandboxClient.SPECIFICATION));
        assertTrue(thrown.getMessage().contains(":" + sandbox.port()), thrown.getMessage());
    }

    @Test
    void anOperationThatNobodyServesStopsTheStart(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("talon-one.yaml");
        Files.writeString(
                file,
                Files.readString(SandboxClient.SPECIFICATION)
                        .replace("operationId: createReferral", "operationId: createSomethingElse"));
        IllegalStateException thrown =
                assertThrows(IllegalStateException.class, () -> Sandbox.start("127.0.0.1", 0, file));
        assertTrue(thrown.getMessage().contains("createSomethingElse"), thrown.getMessage());
    }
}
