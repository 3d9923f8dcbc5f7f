package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What one call may cost, and what all may. */
class BudgetTest {

    private static final String DEPLOYMENT =
            "{\"deploymentUrl\":\"d\",\"applicationId\":1,\"campaignId\":1,\"identifier\":\"i\"";

    private static RawCall call(String body) {
        return new RawCall(Map.of(), null, name -> List.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    private static ContractViolation refused(String body, Budget budget) {
        Operation operation = Given.contract().operation("shop/createCoupon");
        return assertThrows(ContractViolation.class, () -> operation.check(operation.open(call(body), budget), true));
    }

    private static String listIn(String name, int tokens) {
        return ",\"" + name + "\":\"[" + "{},".repeat(tokens / 2 - 1) + "{}]\"";
    }

    @Test
    void documentsInTextsAreCountedTogether() throws ContractViolation {
        Operation operation = Given.contract().operation("shop/createCoupon");
        String third = listIn(".a", 40_000) + listIn(".b", 40_000);
        operation.check(operation.open(call(DEPLOYMENT + ",\"attributes\":{}}"), Budget.ofItsOwn()), true);
        ContractViolation violation = refused(DEPLOYMENT + third + listIn(".c", 40_000) + "}", Budget.ofItsOwn());
        assertEquals(413, violation.status());
        assertTrue(
                violation.getMessage().contains("at most 100000 names, values and brackets"), violation.getMessage());
    }

    @Test
    void aLongTextIsNotLookedIntoBeforeTheKeyIsVerified() throws ContractViolation {
        Operation operation = Given.contract().operation("shop/createCoupon");
        AtomicLong taken = new AtomicLong();
        Budget budget = new Budget(bytes -> taken.addAndGet(bytes) > 0);
        Opened opened = operation.open(call(DEPLOYMENT + listIn("attributes", 90_000) + "}"), budget);
        assertEquals("d", opened.deployment());
        assertTrue(taken.get() < 3_000_000, taken + " bytes for a text of 135,000 characters");
    }

    @Test
    void whereThereIsNoRoomForTheTreeTheCallIsToTryAgain() {
        AtomicLong room = new AtomicLong(1_000_000);
        ContractViolation violation = refused(
                DEPLOYMENT + ",\"attributes\":{\"a\":[" + "{},".repeat(20_000) + "{}]}}",
                new Budget(bytes -> room.addAndGet(-bytes) >= 0));
        assertEquals(503, violation.status());
    }
}
