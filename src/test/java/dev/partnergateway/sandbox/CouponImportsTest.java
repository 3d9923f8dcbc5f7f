package dev.partnergateway.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.sandbox.SandboxClient.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CouponImportsTest {

    private static final String HEADER =
            "value,startdate,expirydate,recipientintegrationid,limitval,discountlimit," + "attributes\r\n";

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
    void everyColumnReachesTheCoupon() {
        Reply reply = sandbox.importCsv(
                "",
                HEADER + "IMP-1,2026-01-01T00:00:00Z,2027-01-01T00:00:00Z,\"a,\"\"b\"\"\nc\",0,9.5,"
                        + "\"{\"\"channel\"\":\"\"sms\"\"}\"\r\nIMP-2,,,,,,\r\n");
        assertEquals(200, reply.status(), reply.text());
        assertEquals(2, reply.json().path("amount").asInt());
        JsonNode one = sandbox.ledger("coupons").path(1);
        assertEquals("a,\"b\"\nc", one.path("recipientIntegrationId").asText());
        assertEquals(0, one.path("usageLimit").asInt());
        assertEquals(9.5, one.path("discountLimit").asDouble());
        assertEquals("sms", one.path("attributes").path("channel").asText());
        assertEquals("2027-01-01T00:00:00Z", one.path("expiryDate").asText());
        assertEquals(reply.json().path("id").asInt(), one.path("importId").asInt());
        assertEquals(1, sandbox.ledger("coupons").path(2).path("usageLimit").asInt());
    }

    @Test
    void aSecondImportIsRefusedUnlessDuplicatesAreSkipped() {
        sandbox.importCsv("", "value\nIMP-1\n");
        Reply again = sandbox.importCsv("", "value\nIMP-2\nimp-1\n");
        assertEquals(400, again.status());
        assertEquals("Coupon code must be unique 3", again.error(0));
        assertEquals(2, sandbox.ledger("coupons").size());
        Reply skipping = sandbox.importCsv("?skipDuplicates=true", "value\nIMP-2\nimp-1\nIMP-2\n");
        assertEquals(1, skipping.json().path("amount").asInt());
        assertEquals(3, sandbox.ledger("coupons").size());
    }

    @Test
    void aFileThatIsCarriedOutInPartLeavesTheCouponsOfItsFirstHalf() {
        sandbox.control(
                "POST",
                "/sandbox/faults",
                "{\"operation\":\"importCoupons\",\"kind\":\"part-then-status\",\"status\":500}");
        String file = "value\nIMP-1\nIMP-2\nIMP-3\n";
        int before = sandbox.ledger("coupons").size();
        assertEquals(500, sandbox.importCsv("?skipDuplicates=true", file).status());
        assertEquals(before + 1, sandbox.ledger("coupons").size());
        assertEquals(200, sandbox.importCsv("?skipDuplicates=true", file).status());
        assertEquals(before + 3, sandbox.ledger("coupons").size());
    }

    @Test
    void oneBadRowRefusesTheWholeFileWithItsLine() {
        String[] bad = {
            "X,,,,,,", // too short
            "IMP-2,soon,,,,,",
            "IMP-2,,,,1000000,,",
            "IMP-2,,,,,-1,",
            "IMP-2,,,,,,[]",
            "IMP-2,,,,,,\"{\"\"nope\"\":1}\"",
            "IMP-2",
            "\"IMP-2,,,,,,",
        };
        for (String row : bad) {
            Reply reply = sandbox.importCsv("?skipDuplicates=true", HEADER + "IMP-1,,,,,,\r\n" + row);
            assertEquals(400, reply.status(), row);
            assertTrue(reply.error(0).endsWith(" 3"), row + ": " + reply.text());
        }
        assertEquals(1, sandbox.ledger("coupons").size());
    }

    @Test
    void theHeaderMustNameKnownColumnsAndTheValue() {
        assertEquals("Invalid 1", sandbox.importCsv("", "").error(0));
        assertEquals("Invalid 1", sandbox.importCsv("", "IMP-1\nIMP-2\n").error(0));
        assertEquals("Invalid 1", sandbox.importCsv("", "limitval\n1\n").error(0));
    }

    @Test
    void aBodyWithoutTheFilePartIsRefused() {
        Reply reply = sandbox.operator("POST", "/v1/applications/1/campaigns/10/import_coupons", "{}");
        assertEquals("Invalid /upFile", reply.error(0));
    }
}
