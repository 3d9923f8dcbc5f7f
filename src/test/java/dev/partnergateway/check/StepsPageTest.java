package dev.partnergateway.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about integrations describes every step that a route may have. */
class StepsPageTest {

    @Test
    void everyStepIsDescribedWithAllThatItMayHave() throws IOException {
        String page = Files.readString(Path.of("docs", "integrations.md"));
        String section = page.substring(page.indexOf("### Steps"), page.indexOf("### Requests to Talon.One"));
        TreeSet<String> described = new TreeSet<>();
        Pattern.compile("(?m)^\\| `(\\w+)` \\| ([^|]*) \\|")
                .matcher(section)
                .results()
                .forEach(row -> described.add(row.group(1) + " "
                        + new TreeSet<>(List.of(row.group(2)
                                .replaceAll("\\([^)]*\\)", "")
                                .replaceAll("[` ]", "")
                                .split(",")))));
        TreeSet<String> allowed = new TreeSet<>();
        RouteCheck.STEPS.forEach((step, members) -> allowed.add(step + " " + new TreeSet<>(members)));
        assertEquals(allowed, described);
    }
}
