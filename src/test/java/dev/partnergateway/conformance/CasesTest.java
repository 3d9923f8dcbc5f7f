package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.partnergateway.cases.Case;
import dev.partnergateway.cases.CaseRunner;
import dev.partnergateway.cases.Logged;
import dev.partnergateway.cases.Outcome;
import dev.partnergateway.harness.GatewayUnderTest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case of every integration holds, with each store. */
class CasesTest {

    private static final Logged LOGGED = Logged.start();

    private CaseRunner runner;

    @TestFactory
    Stream<DynamicTest> everyCaseHolds() {
        return cases(GatewayUnderTest::shared);
    }

    @TestFactory
    Stream<DynamicTest> everyCaseHoldsOnPostgres() {
        return cases(GatewayUnderTest::sharedOnPostgres);
    }

    private Stream<DynamicTest> cases(Supplier<GatewayUnderTest> where) {
        List<Case> cases = Case.all();
        assertFalse(cases.isEmpty(), "no case was found");
        return cases.stream()
                .map(each -> DynamicTest.dynamicTest(each.integration() + ": " + each.name(), () -> {
                    if (runner == null) {
                        GatewayUnderTest gateway = where.get();
                        runner = new CaseRunner(
                                gateway.partner().port(),
                                gateway.gateway().sandbox().orElseThrow().port(),
                                Path.of("openapi"),
                                LOGGED);
                    }
                    Outcome outcome = runner.run(each);
                    assertTrue(outcome.passed(), outcome::diff);
                }));
    }
}
