package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Calls that nobody would write: whatever is sent, it is either checked or refused. */
class AnyCallTest {
    private static final int CALLS = 10_000;
    private static final String[] PIECES = {
        "{", "}", "[", "]", ",", ":", "\"", "\\\"", "\\u0000", "\\ud83d", "null", "true", "1e999999999",
                "1e-2147483649",
        "0e2147483648", "-", "12345678901234567890", ".a", "_", "%", "%00", "%ff", "%ed%a0%80", "+", "&", "=", ";", "é",
        "😀", "\u0000", "\uFEFF", " ", "2026-01-31T09:30:00Z", "{\"a\":1,\"a\":2}", "[1,\"a\"]", "\"limits\":"
    };
    private static final String BODY = "{\"deploymentUrl\":\"d\",\"campaignId\":\"5\",\"identifier\":\"i\","
            + "\"discountLimit\":\"1.50\",\"limits\":\"[]\",\"startDate\":\"2026-01-31T09:30:00 02:00\","
            + "\"validCharacters\":\"AB\",\"attributes\":\"{}\",\".age\":\"31\",\"_tags\":\"[1,2]\"}";
    private static final String VALUES = "{\"small\":1,\"above\":\"2.5\",\"free\":[1,{\"a\":null}],\"map\":{\"x\":1},"
            + "\"either\":\"none\",\"tree\":{\"name\":\"a\",\"children\":[{\"name\":\"b\"}]},\"both\":{\"n\":1}}";
    private static final String QUERY =
            "campaignId=5&startDate=2026-01-31T09:30:00%2B02:00&.age=31&_tags=%5B1%5D&skip=true";

    private int passed;

    @Test
    void whateverIsSentIsCheckedOrRefusedAndACheckedBodyPassesUnchanged() {
        Random random = new Random(20260131);
        for (int i = 0; i < CALLS; i++) {
            tryBody("shop/createCoupon", mutated(BODY, random));
            tryBody("shop/values", mutated(VALUES, random));
            tryQuery(mutated(QUERY, random));
        }
        assertTrue(passed > CALLS / 100 && passed < 3 * CALLS, "passed: " + passed);
    }

    private void tryBody(String operationId, String body) {
        Operation operation = Given.contract().operation(operationId);
        String checked;
        try {
            checked = Given.check(operation, raw(null, body)).call().get("body").toString();
        } catch (ContractViolation violation) {
            assertTrue(violation.getMessage().length() > 10, body);
            return;
        }
        passed++;
        try {
            assertEquals(
                    checked,
                    Given.check(operation, raw(null, checked))
                            .call()
                            .get("body")
                            .toString());
        } catch (ContractViolation violation) {
            throw new AssertionError("refused after it was checked: " + checked, violation);
        }
    }

    private void tryQuery(String query) {
        try {
            Given.check(Given.contract().operation("shop/getCoupon"), raw(query, ""));
            passed++;
        } catch (ContractViolation violation) {
            assertTrue(violation.getMessage().length() > 10, query);
        }
    }

    private static RawCall raw(String query, String body) {
        return new RawCall(
                Map.of(),
                query,
                name -> name.equals("destination-hostname") || name.equals("platform-name")
                        ? List.of("shop")
                        : List.of(),
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static String mutated(String text, Random random) {
        StringBuilder mutated = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int start = random.nextInt(mutated.length());
            int end = Math.min(mutated.length(), start + random.nextInt(4));
            mutated.replace(start, end, PIECES[random.nextInt(PIECES.length)]);
        }
        return mutated.toString();
    }
}
