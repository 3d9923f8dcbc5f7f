package dev.partnergateway.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.sandbox.SandboxClient.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoyaltyTest {

    private static final String PROGRAM = "/v1/loyalty_programs/1/profile/";

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

    private static int add(String program, String profile, String body) {
        return sandbox.operator("PUT", "/v1/loyalty_programs/" + program + "/profile/" + profile + "/add_points", body)
                .status();
    }

    @Test
    void aliceHasPointsATierAndASubledger() {
        JsonNode balances = sandbox.shop("GET", PROGRAM + "alice/balances?includeTiers=true", null)
                .json();
        assertEquals(620, balances.at("/balance/activePoints").asInt());
        assertEquals("Silver", balances.at("/balance/currentTier/name").asText());
        assertEquals(380, balances.at("/balance/pointsToNextTier").asInt());
        assertEquals(25, balances.at("/subledgerBalances/points2/activePoints").asInt());
        JsonNode plain = sandbox.shop("GET", PROGRAM + "alice/balances?subledgerId=none", null)
                .json();
        assertFalse(plain.path("balance").has("currentTier"));
        assertEquals(0, plain.path("subledgerBalances").size());
    }

    @Test
    void programsAndProfilesOutOfReachAreNotFoundAndCardsAreRefused() {
        assertEquals(404, sandbox.shop("GET", PROGRAM + "nobody/balances", null).status());
        assertEquals(404, sandbox.other("GET", PROGRAM + "alice/balances", null).status());
        assertEquals(
                404,
                sandbox.shop("GET", "/v1/loyalty_programs/9/profile/alice/balances", null)
                        .status());
        assertEquals(
                400,
                sandbox.shop("GET", "/v1/loyalty_programs/2/profile/alice/balances", null)
                        .status());
        assertEquals(
                404, sandbox.operator("GET", "/v1/loyalty_programs/9", null).status());
        Reply program = sandbox.operator("GET", "/v1/loyalty_programs/1", null);
        assertEquals("[1]", program.json().path("subscribedApplications").toString());
        assertEquals(3, program.json().path("tiers").size());
    }

    @Test
    void addedPointsAreActivePendingOrExpired() {
        assertEquals(204, add("1", "bob", "{\"points\":0.5,\"name\":\"gift\"}"));
        assertEquals(204, add("1", "bob", "{\"points\":2,\"pendingDuration\":\"30D_U\"}"));
        assertEquals(204, add("1", "bob", "{\"points\":3,\"pendingDuration\":\"on_action\"}"));
        assertEquals(204, add("1", "bob", "{\"points\":4,\"validUntil\":\"2020-01-01T00:00:00Z\"}"));
        assertEquals(204, add("1", "bob", "{\"points\":5,\"subledgerId\":\"fresh\",\"validityDuration\":\"1Y\"}"));
        JsonNode balances = sandbox.shop("GET", PROGRAM + "bob/balances", null).json();
        assertEquals(0.5, balances.at("/balance/activePoints").asDouble());
        assertEquals(5, balances.at("/balance/pendingPoints").asInt());
        assertEquals(4, balances.at("/balance/expiredPoints").asInt());
        assertEquals(5, balances.at("/subledgerBalances/fresh/activePoints").asInt());
        JsonNode inventory = sandbox.shop("GET", "/v1/customer_profiles/bob/inventory?loyalty=true", null)
                .json();
        assertEquals(
                0, inventory.at("/loyalty/programs/1/ledger/expiredBalance").asInt());
    }

    @Test
    void wrongPointsAreRefused() {
        assertEquals(404, add("9", "bob", "{\"points\":1}"));
        assertEquals(400, add("2", "bob", "{\"points\":1}"));
        assertEquals(404, add("1", "nobody", "{\"points\":1}"));
        assertEquals(400, add("1", "bob", "{\"points\":0}"));
        assertEquals(400, add("1", "bob", "{\"points\":\"1\"}"));
        assertEquals(400, add("1", "bob", "{\"points\":1000000000000}"));
        assertEquals(400, add("1", "bob", "{\"points\":1,\"validityDuration\":\"1 day\"}"));
        assertEquals(400, add("1", "bob", "{\"points\":1,\"validityDuration\":\"1h_D\"}"));
        assertEquals(400, add("1", "bob", "{\"points\":1,\"applicationId\":2}"));
        assertEquals(400, add("1", "bob", "{\"points\":1,\"loyaltyProgramId\":1}"));
        assertEquals(2, sandbox.ledger("transactions").size());
    }

    @Test
    void transactionsAreListedNewestFirstAndFiltered() {
        add("1", "alice", "{\"points\":7,\"name\":\"gift\"}");
        String path = PROGRAM + "alice/transactions";
        JsonNode all = sandbox.shop("GET", path, null).json();
        assertEquals("[7, 25, 620]", all.path("data").findValuesAsText("amount").toString());
        assertEquals("addition", all.at("/data/0/type").asText());
        assertEquals("gift", all.at("/data/0/name").asText());
        assertEquals(
                "[7]",
                sandbox.shop("GET", path + "?loyaltyTransactionType=manual&startDate=2026-02-01T00:00:00Z", null)
                        .json()
                        .path("data")
                        .findValuesAsText("amount")
                        .toString());
        assertEquals(
                0,
                sandbox.shop("GET", path + "?loyaltyTransactionType=session", null)
                        .json()
                        .path("data")
                        .size());
        assertEquals(
                "[25]",
                sandbox.shop("GET", path + "?subledgerId=points2", null)
                        .json()
                        .path("data")
                        .findValuesAsText("amount")
                        .toString());
        assertEquals(
                400,
                sandbox.shop("GET", path + "?loyaltyTransactionType=other", null)
                        .status());
    }
}
