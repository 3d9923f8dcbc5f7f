package dev.partnergateway.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.partnergateway.cases.Shown;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No operation is without cases. */
class CasesAreCompleteTest {

    @Test
    void everyDocumentedStatusOfEveryOperationAndARepeatAreShown() {
        assertEquals(Set.of(), new Shown().missing());
    }
}
