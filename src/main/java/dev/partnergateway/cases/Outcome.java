package dev.partnergateway.cases;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/**
 * What became of a case. Its steps build on each other: the first one with a difference is the last one.
 *
 * @param line of the step that differs; that of the case when none does
 * @param step its number from 1; 0 when none differs
 * @param differences empty = all is as the case says
 * @param logged of what the gateway warned in that step, when it differs
 * @param took from the first call to the last look
 */
public record Outcome(Case of, int line, int step, List<Difference> differences, List<String> logged, Duration took) {

    /** Whether all is as the case says. */
    public boolean passed() {
        return differences.isEmpty();
    }

    /** The case in one line. */
    public String brief() {
        return (passed() ? "ok    " : "FAIL  ")
                + String.format("%-12s %5d ms  ", of.integration(), took.toMillis())
                + of.name();
    }

    /** What differs, for somebody who has the file open: place, then what was expected and what was seen. */
    public String diff() {
        StringBuilder text = new StringBuilder();
        text.append(of.file())
                .append(':')
                .append(line)
                .append(": step ")
                .append(step)
                .append('\n');
        for (Difference difference : differences) {
            text.append("  ").append(difference.place()).append('\n');
            text.append(lines("    - ", difference.expected()));
            text.append(lines("    + ", difference.seen()));
        }
        logged.forEach(each -> text.append("  log  ").append(each.strip()).append('\n'));
        return text.toString();
    }

    /** The case as JSON: {@code {integration, case, file, line, passed, millis, differences, log}}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("integration", of.integration())
                .put("case", of.name())
                .put("file", of.file().toString())
                .put("line", line)
                .put("passed", passed())
                .put("millis", took.toMillis());
        if (!passed()) {
            ArrayNode all = json.putArray("differences");
            differences.forEach(each -> all.addObject()
                    .put("place", each.place())
                    .put("expected", each.expected())
                    .put("seen", each.seen()));
            ArrayNode lines = json.putArray("log");
            logged.forEach(lines::add);
        }
        return json;
    }

    private static String lines(String before, String value) {
        StringBuilder text = new StringBuilder();
        if (!value.isEmpty()) {
            value.lines().forEach(each -> text.append(before).append(each).append('\n'));
        }
        return text.toString();
    }
}
