package dev.partnergateway.sandbox;

import static dev.partnergateway.sandbox.SandboxClient.COUPONS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.sandbox.SandboxClient.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CouponsTest {

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

    @Test
    void theFirstCouponAfterAFreshStartHasTheId1001() {
        JsonNode coupon = sandbox.coupon("HELLO-1").json().path("data").path(0);
        assertEquals(1001, coupon.path("id").asInt());
        assertEquals("HELLO-1", coupon.path("value").asText());
        assertEquals(10, coupon.path("campaignId").asInt());
        assertEquals(0, coupon.path("usageCounter").asInt());
    }

    @Test
    void withoutSilentNoThereIsNoBodyAndTheCouponExistsAllTheSame() {
        Reply reply = sandbox.operator(
                "POST", COUPONS, "{\"numberOfCoupons\":1,\"usageLimit\":1,\"couponPattern\":\"QUIET-1\"}");
        assertEquals(204, reply.status());
        assertEquals("", reply.text());
        assertEquals(2, sandbox.ledger("coupons").size());
    }

    @Test
    void aCodeIsUniqueInAnyLetterCaseOverAllCampaigns() {
        sandbox.coupon("ONLY-ONE");
        Reply again = sandbox.operator(
                "POST",
                "/v1/applications/2/campaigns/20/coupons?silent=no",
                "{\"numberOfCoupons\":1,\"usageLimit\":1,\"couponPattern\":\"only-one\"}");
        assertEquals(400, again.status());
        assertEquals("Coupon code must be unique /couponPattern", again.error(0));
    }

    @Test
    void aPatternIsFilledWithTheValidCharacters() {
        Reply reply = sandbox.operator(
                "POST",
                COUPONS + "?silent=no",
                "{\"numberOfCoupons\":3,\"usageLimit\":0,\"couponPattern\":\"AB-##\",\"validCharacters\":[\"X\",\"Y\"]}");
        assertEquals(3, reply.json().path("totalResultSize").asInt());
        for (JsonNode coupon : reply.json().path("data")) {
            assertTrue(coupon.path("value").asText().matches("AB-[XY]{2}"), coupon.toString());
        }
    }

    @Test
    void withoutAPatternTheCampaignsPatternIsUsed() {
        Reply reply = sandbox.operator("POST", COUPONS + "?silent=no", "{\"numberOfCoupons\":1,\"usageLimit\":1}");
        String code = reply.json().path("data").path(0).path("value").asText();
        assertTrue(code.matches("DEMO-[A-Z0-9]{4}-[A-Z0-9]{4}"), code);
    }

    @Test
    void shortCodesAndWrongMembersAreRefusedWithTheirPlace() {
        assertEquals("Invalid /couponPattern", sandbox.coupon("ABC").error(0));
        assertEquals("Invalid /couponPattern", sandbox.coupon("AB").error(0));
        Reply reply = sandbox.operator(
                "POST", COUPONS + "?silent=no&what=1", "{\"numberOfCoupons\":\"1\",\"applicationId\":1}");
        assertEquals(400, reply.status());
        assertEquals("Unknown what", reply.error(0));
        assertEquals("Unknown /applicationId", reply.error(1));
        assertTrue(reply.text().contains("/numberOfCoupons"), reply.text());
        assertTrue(reply.text().contains("/usageLimit"), reply.text());
        assertEquals(1, sandbox.ledger("coupons").size());
    }

    @Test
    void limitsDatesAndAttributesAreChecked() {
        String start = "{\"numberOfCoupons\":1,\"usageLimit\":1,\"couponPattern\":\"CODE-9\",";
        String[][] wrong = {
            {"\"usageLimit\":1000000}", "Invalid /usageLimit"},
            {"\"startDate\":\"tomorrow\"}", "Invalid /startDate"},
            {"\"startDate\":\"2026-02-01T00:00:00Z\",\"expiryDate\":\"2026-01-01T00:00:00Z\"}", "Invalid /expiryDate"},
            {"\"attributes\":{\"nope\":1}}", "Unknown /attributes/nope"},
            {"\"attributes\":{\"tier\":\"1\"}}", "Invalid /attributes/tier"},
            {"\"attributes\":{\"tags\":\"a\"}}", "Invalid /attributes/tags"},
        };
        for (String[] one : wrong) {
            String body = one[0].startsWith("\"usageLimit") ? "{\"numberOfCoupons\":1," + one[0] : start + one[0];
            Reply reply = sandbox.operator("POST", COUPONS + "?silent=no", body);
            assertEquals(400, reply.status(), one[0]);
            assertEquals(one[1], reply.error(0));
        }
        Reply good = sandbox.operator(
                "POST",
                COUPONS + "?silent=no",
                start + "\"discountLimit\":10.50,\"attributes\":{\"channel\":\"a\",\"tier\":2,\"vip\":true,"
                        + "\"tags\":[\"x\"],\"place\":{\"lat\":1}}}");
        assertEquals(200, good.status(), good.text());
        assertTrue(good.text().contains("\"discountLimit\":10.50"), good.text());
    }

    @Test
    void aCampaignWithoutCouponsTakesNone() {
        Reply reply = sandbox.operator(
                "POST", "/v1/applications/1/campaigns/11/coupons", "{\"numberOfCoupons\":1,\"usageLimit\":1}");
        assertEquals(400, reply.status());
    }

    @Test
    void eachOfManyRecipientsGetsOneCoupon() {
        Reply reply = sandbox.operator(
                "POST",
                "/v1/applications/1/campaigns/10/coupons_with_recipients?silent=no",
                "{\"recipientsIntegrationIds\":[\"alice\",\"bob\"],\"usageLimit\":1}");
        assertEquals(2, reply.json().path("totalResultSize").asInt());
        assertEquals(
                "bob",
                reply.json().path("data").path(1).path("recipientIntegrationId").asText());
        Reply quiet = sandbox.operator(
                "POST",
                "/v1/applications/1/campaigns/10/coupons_with_recipients",
                "{\"recipientsIntegrationIds\":[\"alice\"],\"usageLimit\":1}");
        assertEquals(204, quiet.status());
    }

    @Test
    void aReservationIsRememberedAndMayBeRepeated() {
        sandbox.coupon("A/B 1");
        for (int i = 0; i < 2; i++) {
            Reply reply = sandbox.shop("POST", "/v1/coupon_reservations/a%2Fb%201", "{\"integrationIDs\":[\"bob\"]}");
            assertEquals(201, reply.status(), reply.text());
            assertTrue(reply.json().path("reservation").asBoolean());
            assertEquals(1, reply.json().path("reservationCounter").asInt());
        }
        JsonNode coupons = sandbox.shop("GET", "/v1/customer_profiles/bob/inventory?coupons=true", null)
                .json()
                .path("coupons");
        assertEquals("A/B 1", coupons.path(0).path("value").asText());
    }

    @Test
    void aCouponOfAnotherApplicationOrNoneCannotBeReserved() {
        sandbox.coupon("MINE-1");
        String body = "{\"integrationIDs\":[\"bob\"]}";
        assertEquals(
                404,
                sandbox.other("POST", "/v1/coupon_reservations/MINE-1", body).status());
        assertEquals(
                404,
                sandbox.shop("POST", "/v1/coupon_reservations/NONE-1", body).status());
    }

    @Test
    void couponsAreFoundByCodeTimeBatchAndRecipientAndSortedAsAsked() {
        JsonNode first = sandbox.coupon("FIND-1").json().path("data").path(0);
        sandbox.coupon("FIND-2");
        assertEquals("[FIND-1, FIND-2]", found("value=find"));
        assertEquals("[FIND-2, FIND-1]", found("value=find&sort=-created"));
        assertEquals("[FIND-2]", found("value=find-2&exactMatch=true"));
        assertEquals("[]", found("value=find&exactMatch=true"));
        assertEquals("[FIND-1]", found("batchId=" + first.path("batchId").asText()));
        assertEquals("[FIND-1, FIND-2]", found("createdAfter=2026-01-02T00:00:00%2B02:00"));
        assertEquals("[DEMO-ALIC-E001]", found("createdBefore=2026-01-02T00:00:00Z"));
        assertEquals("[DEMO-ALIC-E001]", found("recipientIntegrationId=alice"));
        Reply page = sandbox.operator("GET", COUPONS + "/no_total?pageSize=1&skip=1", null);
        assertEquals("FIND-1", page.json().path("data").path(0).path("value").asText());
        assertTrue(page.json().path("hasMore").asBoolean());
        assertEquals(
                400,
                sandbox.operator("GET", COUPONS + "/no_total?pageSize=1001", null)
                        .status());
        assertEquals(
                400,
                sandbox.operator("GET", COUPONS + "/no_total?createdAfter=yesterday", null)
                        .status());
    }

    private static String found(String query) {
        return codes(sandbox.operator("GET", COUPONS + "/no_total?" + query, null));
    }

    private static String codes(Reply reply) {
        return reply.json().path("data").findValuesAsText("value").toString();
    }

    @Test
    void couponsAreFoundByTheirAttributes() {
        String path = "/v1/applications/1/campaigns/10/coupons_search_advanced/no_total";
        assertEquals("[DEMO-ALIC-E001]", codes(sandbox.operator("POST", path, "{\"channel\":\"email\"}")));
        assertEquals("[]", codes(sandbox.operator("POST", path, "{\"channel\":\"sms\"}")));
        assertEquals(
                "Unknown /nope", sandbox.operator("POST", path, "{\"nope\":1}").error(0));
    }
}
