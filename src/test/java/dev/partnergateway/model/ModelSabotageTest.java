package dev.partnergateway.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.BrokenClasses;
import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Printed;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The model is worth something: it finds the order of steps in which a broken rule makes two of something. */
@Execution(ExecutionMode.CONCURRENT)
class ModelSabotageTest {

    private static void caught(String scenario, int departures, int seconds, String violation, Path replacements) {
        Map<String, String> report = new ModelClasses(replacements)
                .explore(Map.of(
                        "scenarios",
                        scenario,
                        "departures",
                        "" + departures,
                        "violations",
                        "1",
                        "seconds",
                        "" + seconds,
                        "gateway.store.url",
                        "jdbc:sqlite:" + GatewayUnderTest.storeFile(),
                        "gateway.store.sync",
                        "normal"));
        report.forEach((what, how) -> Printed.unheard(what + ": " + how));
        assertTrue(
                report.keySet().stream().anyMatch(what -> what.startsWith("violation") && what.contains(violation)),
                report::toString);
    }

    @Test
    void sendingAgainBeforeTalonOneMustHaveListedItIsCaught() {
        caught(
                "points",
                2,
                30,
                "made 2 times",
                BrokenClasses.of(
                        "loyalty/PointsAddition.java",
                        "boolean settled = claim.sinceSent().compareTo(settleTime) >= 0;",
                        "boolean settled = true;"));
    }

    @Test
    void givingAKeyFreeWhoseOutcomeIsNotKnownIsCaught() {
        caught(
                "referral",
                2,
                30,
                "made 2 times",
                BrokenClasses.of(
                        "idempotency/Claim.java",
                        "case SENT -> table.letGoSent(List.of(new AnswerTable.Key(id, owner)), justSent, nextLook);",
                        "case SENT -> table.free(id, owner);"));
    }

    @Test
    void aStrangersPlaceThatIsTakenForOnesOwnIsCaught() {
        caught(
                "identifier",
                2,
                30,
                "made 2 times",
                BrokenClasses.of(
                        "idempotency/Keys.java",
                        "if (tuple.slots() != null && stranger(tuple).isPresent()) {",
                        "if (tuple.slots() == null && stranger(tuple).isPresent()) {"));
    }
}
