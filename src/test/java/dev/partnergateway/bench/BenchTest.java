package dev.partnergateway.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The benchmarks still run: what they count is right, however slow this machine is. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BenchTest {

    private static final Bench BENCH = new Bench(Plan.ofSmoke());

    static Set<String> scenarios() {
        return BENCH.scenarios().keySet();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everyCallIsAnsweredAndNoneIsTooManyForTalonOne(String scenario) {
        Bench.Counts counts = BENCH.scenarios().get(scenario).run();
        assertTrue(counts.sent() > 0, counts.toString());
        assertEquals(counts.sent(), counts.answered(), counts.toString());
        assertTrue(counts.good() > 0, counts.toString());
        assertEquals(0, counts.refusedUpstream(), counts.toString());
    }
}
