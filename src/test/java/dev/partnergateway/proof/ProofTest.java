package dev.partnergateway.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Printed;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * One wish, one effect, one answer, whatever is killed, stands still, is locked, skewed or rotated, and whenever: real
 * processes, a real database. Longer with {@code -Dproof.calls=50000 -Dproof.kills=200}; see docs/reliability.md.
 */
@Execution(ExecutionMode.CONCURRENT)
class ProofTest {

    private static int property(String name, int otherwise) {
        return Integer.getInteger("proof." + name, otherwise);
    }

    private static Storm.Builder storm() {
        return new Storm.Builder()
                .calls(property("calls", 200))
                .kills(property("kills", 3))
                .callers(property("callers", 24))
                .managementRate(property("management-rate", 10))
                .rotation(KeyRotation.Way.valueOf(System.getProperty("proof.rotation", "IN_TWO_STEPS")))
                .listingLag(property("listing-lag", 500))
                .halves(property("halves", 1) > 0)
                .window(Duration.ofMinutes(property("window", 0)))
                .longest(Duration.ofSeconds(property("seconds", 3600)));
    }

    @Test
    void twoGatewaysOnPostgresDoEverythingOnceAndLoseNothing() {
        holds(storm().gateways(property("gateways", 2))
                .freezes(property("freeze", 3))
                .databaseRestarts(property("database-restarts", 1))
                .switchovers(property("switchovers", 1))
                .rowLocks(property("lock", 3))
                .skew(property("skew", 4000))
                .blow());
    }

    @Test
    void oneGatewayOnSqliteDoesEverythingOnceAndLosesNothing() {
        holds(storm().onSqlite().freezes(property("freeze", 3)).blow());
    }

    private static void holds(Report report) {
        Printed.unheard(report);
        assertEquals(List.of(), report.violations(), report::toString);
        assertTrue(report.count("kills") >= property("kills", 3), report::toString);
        assertTrue(report.count("imports") > 0, report::toString);
        assertTrue(report.count("calls") >= property("calls", 200), report::toString);
    }
}
