package dev.partnergateway.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.partnergateway.harness.JavaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is counted for a tree, beside the memory that it takes: in a process of its own, where nothing else takes any. */
class BudgetWeightTest {

    private static final List<String> ITEMS = List.of(
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
            "{\"a\":1,\"b\":2,\"c\":3,\"d\":4},");

    @Test
    void aTreeTakesNoMoreThanWhatIsCountedForIt() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(JavaProcess.command(JavaProcess.classPath()));
        // This collector leaves a twentieth of the heap as it is, dead or not, unless it is told otherwise.
        command.add("-XX:MarkSweepDeadRatio=0");
        command.add(BudgetWeightTest.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        List<String> heavier = new ArrayList<>();
        List<String> lines = said.lines().toList();
        assertEquals(ITEMS.size(), lines.size(), said);
        for (int i = 0; i < lines.size(); i++) {
            String[] bytes = lines.get(i).split(" ");
            long counted = Long.parseLong(bytes[0]);
            long taken = Long.parseLong(bytes[1]);
            assertTrue(taken > 0, said);
            // What is counted is the tree as it came, as it was checked and as it goes on.
            if (3 * taken > counted * 1.1) {
                heavier.add(ITEMS.get(i) + " counted " + counted + " for three trees of " + taken);
            }
        }
        assertEquals(List.of(), heavier);
    }

    /** Prints what is counted for, and taken by, five trees of each kind of item. */
    public static void main(String[] unused) throws ContractViolation {
        for (String item : ITEMS) {
            System.out.println(weighed(item));
        }
    }

    /** In a method of its own: nothing of the trees before is held while these are weighed. */
    private static String weighed(String item) throws ContractViolation {
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
        return counted + " " + taken + " " + kept.size();
    }

    private static int tokens(String item) {
        return (int) item.chars().filter(c -> ",:{}[]".indexOf(c) >= 0).count() + 1;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
