package dev.partnergateway.proof;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.BrokenClasses;
import dev.partnergateway.harness.Printed;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The proof is worth something: it catches a gateway whose protocol is broken. The product holds no switch for that. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SabotageTest {

    private static final String MADE_TWICE = " was made 2 times";

    @Test
    @EnabledIfSystemProperty(
            named = "proof.sabotage",
            matches = "all",
            disabledReason = "takes minutes: -Dproof.sabotage=all")
    void sendingBeforeItIsWrittenDownIsCaught() {
        caught(
                storm(),
                BrokenClasses.of(
                        "idempotency/Claim.java",
                        "if (!table.sending(id, owner, content, result)) {",
                        "if (result != null && id.isEmpty()) {"));
    }

    @Test
    @EnabledIfSystemProperty(
            named = "proof.sabotage",
            matches = "all",
            disabledReason = "takes minutes: -Dproof.sabotage=all")
    void sendingAgainWithoutLookingIsCaught() {
        caught(
                storm(),
                BrokenClasses.of(
                        "referral/ReferralCreation.java",
                        "for (JsonNode referral : answer.path(\"referrals\")) {",
                        "for (JsonNode referral : answer.path(\"nothing\")) {"));
    }

    /** Few turns make the gateway create coupons in batches. */
    @Test
    void sendingAFileBeforeItIsWrittenDownIsCaught() {
        Report report = caught(
                storm().managementRate(10),
                BrokenClasses.of(
                        "idempotency/WaitingClaims.java",
                        "int[] taken = table.take(found.stream().map(row -> row.row).toList(), LEASE);",
                        "int[] taken = found.stream().mapToInt(row -> 1).toArray();"));
        assertTrue(report.count("imports") > 0, report::toString);
        assertTrue(
                report.violations().stream()
                        .anyMatch(violation -> violation.startsWith("COUPON ") && violation.contains(MADE_TWICE)),
                report::toString);
    }

    private static Storm.Builder storm() {
        return new Storm.Builder().onSqlite().calls(300).kills(1).faults(4).untilMadeTwice();
    }

    private static Report caught(Storm.Builder storm, Path replacements) {
        Report report = storm.replacing(replacements).blow();
        Printed.unheard(report);
        assertTrue(
                report.violations().stream().anyMatch(violation -> violation.contains(MADE_TWICE)), report::toString);
        return report;
    }
}
