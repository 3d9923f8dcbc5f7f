package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted for a tree, beside the memory that it takes. */
@Isolated("what other tests do with the memory would be counted, too")
class BudgetWeightTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{},",
                "[],",
                "{\"a\":1},",
                "{\"a\":{}},",
                "[[]],",
                "\"\",",
                "\"abcdefgh\",",
                "1.5,",
                "12345678901234567890,",
                "1,",
                "{\"a\":1,\"b\":2,\"c\":3,\"d\":4},"
            })
    void aTreeTakesNoMoreThanWhatIsCountedForIt(String item) throws ContractViolation {
        String text = "[" + item.repeat(Math.min(90_000 / tokens(item), 1_000_000 / item.length())) + "0]";
        List<JsonNode> kept = new ArrayList<>();
        Json.read(text, Budget.ofItsOwn());
        long before = used();
        long counted = 0;
        for (int i = 0; i < 5; i++) {
            Budget budget = Budget.ofItsOwn();
            kept.add(Json.read(text, budget));
            counted += budget.reserved();
        }
        long taken = used() - before;
        assertEquals(5, kept.size());
        // What is counted is the tree as it came, as it was checked and as it goes on.
        assertTrue(3 * taken <= counted * 1.1, "counted " + counted + " for three trees of " + taken);
    }

    private static int tokens(String item) {
        return (int) item.chars().filter(c -> ",:{}[]".indexOf(c) >= 0).count() + 1;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
