package dev.partnergateway.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.harness.Printed;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * One wish, one effect, one answer, whatever is killed and whenever: real processes, a real database. Longer with
 * {@code -Dproof.calls=50000 -Dproof.kills=200 -Dproof.database-restarts=5}; see docs/reliability.md.
 */
@Execution(ExecutionMode.CONCURRENT)
class ProofTest {

    private static int property(String name, int otherwise) {
        return Integer.getInteger("proof." + name, otherwise);
    }

    private static Storm.Builder storm() {
        return new Storm.Builder()
                .calls(property("calls", 600))
                .kills(property("kills", 3))
                .callers(property("callers", 24))
                .managementRate(property("management-rate", 10));
    }

    @Test
    void twoGatewaysOnPostgresDoEverythingOnceAndLoseNothing() {
        holds(storm().gateways(property("gateways", 2))
                .databaseRestarts(property("database-restarts", 1))
                .blow());
    }

    @Test
    void oneGatewayOnSqliteDoesEverythingOnceAndLosesNothing() {
        holds(storm().onSqlite().blow());
    }

    private static void holds(Report report) {
        Printed.unheard(report);
        assertEquals(List.of(), report.violations(), report::toString);
        assertTrue(report.count("kills") >= property("kills", 3), report::toString);
        assertTrue(report.count("imports") > 0, report::toString);
        assertTrue(report.count("calls") >= property("calls", 600), report::toString);
    }
}
