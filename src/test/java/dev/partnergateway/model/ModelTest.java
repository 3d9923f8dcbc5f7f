package dev.partnergateway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.partnergateway.harness.GatewayUnderTest;
import dev.partnergateway.harness.Postgres;
import dev.partnergateway.harness.Printed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * No order of steps makes two of anything. Further with {@code -Dmodel.departures=3 -Dmodel.seconds=600}; see
 * docs/reliability.md.
 */
class ModelTest {

    private static Map<String, String> wanted(Map<String, String> store) {
        Map<String, String> wanted = new HashMap<>(store);
        wanted.put(
                "scenarios", System.getProperty("model.scenarios", "points,referral,coupon,event,equals,identifier"));
        wanted.put("departures", System.getProperty("model.departures", "2"));
        wanted.put("seconds", System.getProperty("model.seconds", "0.7"));
        wanted.put("skew", System.getProperty("model.skew", "0"));
        wanted.put("freezes", System.getProperty("model.freezes", "false"));
        wanted.put("leaps", System.getProperty("model.leaps", "2"));
        wanted.put("pauses-before-sending", System.getProperty("model.pauses-before-sending", "true"));
        return wanted;
    }

    @Test
    void noOrderOfStepsBreaksAPromiseOnSqlite() {
        holds(wanted(Map.of(
                "gateway.store.url", "jdbc:sqlite:" + GatewayUnderTest.storeFile(), "gateway.store.sync", "normal")));
    }

    @Test
    void noOrderOfStepsBreaksAPromiseOnPostgres() {
        holds(wanted(Postgres.newStore()));
    }

    private static void holds(Map<String, String> wanted) {
        Map<String, String> report = new ModelClasses(null).explore(wanted);
        report.forEach((what, how) -> Printed.unheard(what + ": " + how));
        assertEquals(
                List.of(),
                report.keySet().stream()
                        .filter(what -> what.startsWith("violation"))
                        .toList());
    }
}
