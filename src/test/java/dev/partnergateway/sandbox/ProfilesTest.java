package dev.partnergateway.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.sandbox.SandboxClient.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProfilesTest {

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

    private static JsonNode profile(String encodedId) {
        return sandbox.shop("GET", "/v1/customer_profiles/" + encodedId + "/inventory?profile=true", null)
                .json()
                .path("profile");
    }

    @Test
    void anEventIsRecordedAndCreatesItsProfile() {
        Reply quiet = sandbox.shop("POST", "/v2/events", "{\"profileId\":\"new\",\"type\":\"greeted\"}");
        assertEquals(204, quiet.status());
        Reply reply = sandbox.shop(
                "POST",
                "/v2/events?silent=no",
                "{\"profileId\":\"new\",\"type\":\"greeted\",\"attributes\":{\"amount\":1.50},"
                        + "\"responseContent\":[\"event\",\"customerProfile\"]}");
        assertEquals(200, reply.status());
        assertEquals(0, reply.json().path("effects").size());
        assertTrue(reply.json().has("createdCoupons"));
        assertTrue(reply.json().has("createdReferrals"));
        assertTrue(reply.text().contains("\"amount\":1.50"), reply.text());
        assertEquals(
                "new",
                reply.json().path("customerProfile").path("integrationId").asText());
        assertFalse(reply.json().has("loyalty"));
        assertEquals(2, sandbox.ledger("events").size());
    }

    @Test
    void anEventNeedsAProfileATypeAndKnownAttributes() {
        assertEquals(
                "Invalid /profileId",
                sandbox.shop("POST", "/v2/events", "{\"type\":\"greeted\"}").error(0));
        assertEquals(
                "Invalid /type",
                sandbox.shop("POST", "/v2/events", "{\"profileId\":\"a\"}").error(0));
        Reply unknown = sandbox.shop(
                "POST",
                "/v2/events",
                "{\"profileId\":\"alice\",\"type\":\"greeted\",\"attributes\":{\"x\":1,\"amount\":\"1\"}}");
        assertEquals(400, unknown.status());
        assertEquals("Unknown /attributes/x", unknown.error(0));
        assertEquals("Invalid /attributes/amount", unknown.error(1));
        assertEquals(0, sandbox.ledger("events").size());
    }

    @Test
    void anEncodedSlashInAProfileIdIsPartOfTheId() {
        assertEquals(
                200,
                sandbox.shop("PUT", "/v2/customer_profiles/a%2Fb%20%2Bc%25", "{}")
                        .status());
        assertEquals("a/b +c%", profile("a%2Fb%20%2Bc%25").path("integrationId").asText());
        assertEquals(404, sandbox.shop("PUT", "/v2/customer_profiles/a/b", "{}").status());
    }

    @Test
    void anAttributeSetToNullIsRemoved() {
        sandbox.shop("PUT", "/v2/customer_profiles/alice", "{\"attributes\":{\"age\":null,\"vip\":true}}");
        JsonNode attributes = profile("alice").path("attributes");
        assertFalse(attributes.has("age"));
        assertTrue(attributes.path("vip").asBoolean());
        assertEquals("Alice", attributes.path("name").asText());
    }

    @Test
    void profileAttributesAreCheckedByNameAndType() {
        String[][] wrong = {
            {"{\"nope\":1}", "Unknown /attributes/nope"},
            {"{\"a/b\":1}", "Unknown /attributes/a~1b"},
            {"{\"name\":1}", "Invalid /attributes/name"},
            {"{\"age\":\"1\"}", "Invalid /attributes/age"},
            {"{\"vip\":\"true\"}", "Invalid /attributes/vip"},
            {"{\"birthday\":\"2000\"}", "Invalid /attributes/birthday"},
            {"{\"tags\":[1]}", "Invalid /attributes/tags"},
        };
        for (String[] one : wrong) {
            Reply reply = sandbox.shop("PUT", "/v2/customer_profiles/alice", "{\"attributes\":" + one[0] + "}");
            assertEquals(400, reply.status());
            assertEquals(one[1], reply.error(0));
        }
    }

    @Test
    void responseContentNeedsTheRuleEngine() {
        String body = "{\"responseContent\":[\"customerProfile\",\"loyalty\",\"triggeredCampaigns\"]}";
        assertEquals(
                "Invalid /responseContent",
                sandbox.shop("PUT", "/v2/customer_profiles/alice", body).error(0));
        JsonNode state = sandbox.shop("PUT", "/v2/customer_profiles/alice?runRuleEngine=true", body)
                .json();
        assertEquals(
                "alice", state.path("customerProfile").path("integrationId").asText());
        assertEquals(
                620,
                state.path("loyalty")
                        .path("programs")
                        .path("1")
                        .path("ledger")
                        .path("currentBalance")
                        .asInt());
        assertTrue(state.path("triggeredCampaigns").isArray());
    }

    @Test
    void audienceChangesNeedBothArraysKnownAudiencesAndTheRuleEngine() {
        String path = "/v2/customer_profiles/bob?runRuleEngine=true";
        assertEquals(
                "Invalid /audiencesChanges/deletes",
                sandbox.shop("PUT", path, "{\"audiencesChanges\":{\"adds\":[1]}}")
                        .error(0));
        assertEquals(
                "Unknown /audiencesChanges/adds/1",
                sandbox.shop("PUT", path, "{\"audiencesChanges\":{\"adds\":[1,99],\"deletes\":[]}}")
                        .error(0));
        String change = "{\"audiencesChanges\":{\"adds\":[1,2],\"deletes\":[1]}}";
        sandbox.shop("PUT", "/v2/customer_profiles/bob", change);
        assertEquals(0, profile("bob").path("audienceMemberships").size());
        sandbox.shop("PUT", path, change);
        assertEquals(
                "VIP",
                profile("bob").path("audienceMemberships").path(0).path("name").asText());
    }

    @Test
    void manyProfilesAreUpdatedTogetherOrNotAtAll() {
        Reply bad = sandbox.shop(
                "PUT",
                "/v2/customer_profiles",
                "{\"customerProfiles\":[{\"integrationId\":\"p1\"},{\"integrationId\":\"p2\",\"attributes\":{\"x\":1}}]}");
        assertEquals("Unknown /customerProfiles/1/attributes/x", bad.error(0));
        assertEquals(2, sandbox.ledger("profiles").size());
        String good = "{\"customerProfiles\":[{\"integrationId\":\"p1\",\"attributes\":{\"mp_age\":3}}]}";
        assertEquals(204, sandbox.shop("PUT", "/v2/customer_profiles", good).status());
        Reply loud = sandbox.shop("PUT", "/v2/customer_profiles?silent=no", good);
        assertEquals(
                "p1",
                loud.json()
                        .path("integrationStates")
                        .path(0)
                        .path("customerProfile")
                        .path("integrationId")
                        .asText());
    }

    @Test
    void theInventoryTellsOnlyWhatIsAskedAndOnlyOfKnownProfiles() {
        String path = "/v1/customer_profiles/alice/inventory";
        assertEquals("{}", sandbox.shop("GET", path, null).text());
        JsonNode all = sandbox.shop("GET", path + "?profile=true&loyalty=true&coupons=true&referrals=true", null)
                .json();
        assertEquals("active", all.path("coupons").path(0).path("state").asText());
        assertEquals(
                25,
                all.at("/loyalty/programs/1/subLedgers/points2/currentBalance").asInt());
        assertEquals(0, all.path("referrals").size());
        assertEquals(
                404,
                sandbox.shop("GET", "/v1/customer_profiles/nobody/inventory", null)
                        .status());
        JsonNode foreign =
                sandbox.other("GET", path + "?coupons=true&loyalty=true", null).json();
        assertEquals(0, foreign.path("coupons").size());
        assertEquals(0, foreign.path("loyalty").path("programs").size());
    }

    @Test
    void couponStatesFollowDatesAndCampaign() {
        String path = "/coupons?silent=no";
        String start = "{\"numberOfCoupons\":1,\"usageLimit\":1,\"recipientIntegrationId\":\"bob\"";
        sandbox.operator(
                "POST", "/v1/applications/1/campaigns/10" + path, start + ",\"startDate\":\"2999-01-01T00:00:00Z\"}");
        sandbox.operator(
                "POST", "/v1/applications/1/campaigns/10" + path, start + ",\"expiryDate\":\"2020-01-01T00:00:00Z\"}");
        sandbox.operator("POST", "/v1/applications/1/campaigns/12" + path, start + "}");
        JsonNode coupons = sandbox.shop("GET", "/v1/customer_profiles/bob/inventory?coupons=true", null)
                .json()
                .path("coupons");
        assertEquals(
                "[pending, expired, disabled]",
                coupons.findValuesAsText("state").toString());
    }

    @Test
    void aReferralIsCreatedForTheAdvocateAndFoundInItsInventory() {
        Reply reply = sandbox.shop(
                "POST",
                "/v1/referrals",
                "{\"campaignId\":10,\"advocateProfileIntegrationId\":\"carol\",\"friendProfileIntegrationId\":\"dave\","
                        + "\"usageLimit\":2,\"attributes\":{\"channel\":\"mail\"}}");
        assertEquals(201, reply.status(), reply.text());
        assertEquals(2001, reply.json().path("id").asInt());
        assertTrue(reply.json().path("code").asText().matches("FRIEND-[A-Z0-9]{4}-[A-Z0-9]{4}"));
        JsonNode found = sandbox.shop("GET", "/v1/customer_profiles/carol/inventory?referrals=true", null)
                .json()
                .path("referrals")
                .path(0);
        assertEquals(reply.json().path("code"), found.path("code"));
        assertEquals("dave", found.path("friendProfileIntegrationId").asText());
    }

    @Test
    void aReferralNeedsAnOwnCampaignWithReferralsAndKnownAttributes() {
        String[][] wrong = {
            {"{\"campaignId\":20,\"advocateProfileIntegrationId\":\"alice\"}", "Invalid /campaignId"},
            {"{\"campaignId\":11,\"advocateProfileIntegrationId\":\"alice\"}", "Invalid /campaignId"},
            {"{\"campaignId\":99,\"advocateProfileIntegrationId\":\"alice\"}", "Invalid /campaignId"},
            {"{\"campaignId\":10}", "Invalid /advocateProfileIntegrationId"},
            {
                "{\"campaignId\":10,\"advocateProfileIntegrationId\":\"a\",\"attributes\":{\"x\":1}}",
                "Unknown /attributes/x"
            },
        };
        for (String[] one : wrong) {
            Reply reply = sandbox.shop("POST", "/v1/referrals", one[0]);
            assertEquals(400, reply.status());
            assertEquals(one[1], reply.error(0));
        }
    }

    @Test
    void aSessionKeepsWhatIsLeftOutAndCountsItsTotals() {
        String path = "/v2/customer_sessions/s%2F1";
        Reply first = sandbox.shop(
                "PUT",
                path,
                "{\"customerSession\":{\"profileId\":\"bob\",\"couponCodes\":[\"DEMO-ALIC-E001\"],\"attributes\":"
                        + "{\"channel\":\"web\"},\"cartItems\":[{\"sku\":\"a\",\"quantity\":2,\"price\":1.25,"
                        + "\"attributes\":{\"color\":\"red\"}}],\"additionalCosts\":{\"shipping\":{\"price\":3}}},"
                        + "\"responseContent\":[\"customerSession\",\"coupons\"]}");
        assertEquals(200, first.status(), first.text());
        assertEquals(5.5, first.json().path("customerSession").path("total").asDouble());
        assertEquals(
                "s/1",
                first.json().path("customerSession").path("integrationId").asText());
        assertEquals(
                "DEMO-ALIC-E001",
                first.json().path("coupons").path(0).path("value").asText());
        JsonNode second = sandbox.shop(
                        "PUT",
                        path,
                        "{\"customerSession\":{\"state\":\"closed\",\"attributes\":{\"channel\":null}},"
                                + "\"responseContent\":[\"customerSession\",\"customerProfile\"]}")
                .json();
        assertEquals(1, second.path("customerSession").path("cartItems").size());
        assertFalse(second.path("customerSession").path("attributes").has("channel"));
        assertEquals(1, second.path("customerProfile").path("closedSessions").asInt());
        assertEquals(5.5, second.path("customerProfile").path("totalSales").asDouble());
    }

    @Test
    void sessionAttributesItemsAndReadOnlyMembersAreChecked() {
        String[][] wrong = {
            {"{\"attributes\":{\"x\":1}}", "Unknown /attributes/x"},
            {
                "{\"cartItems\":[{\"sku\":\"a\",\"quantity\":1,\"attributes\":{\"x\":1}}]}",
                "Unknown /cartItems/0/attributes/x"
            },
            {"{\"cartItems\":[{\"sku\":\"a\",\"quantity\":10001}]}", "Invalid /cartItems"},
            {"{\"cartItems\":[{\"sku\":\"a\",\"quantity\":0}]}", "Invalid /customerSession/cartItems/0/quantity"},
            {
                "{\"cartItems\":[{\"sku\":\"a\",\"quantity\":1,\"position\":1}]}",
                "Invalid /customerSession/cartItems/0/position"
            },
            {"{\"identifiers\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]}", "Invalid /customerSession/identifiers"},
        };
        for (String[] one : wrong) {
            Reply reply = sandbox.shop("PUT", "/v2/customer_sessions/s1", "{\"customerSession\":" + one[0] + "}");
            assertEquals(400, reply.status(), reply.text());
            assertEquals(one[1], reply.error(0));
        }
    }
}
