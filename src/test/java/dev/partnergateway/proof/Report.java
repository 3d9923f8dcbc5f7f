package dev.partnergateway.proof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happened, and what was not as promised. */
final class Report {

    private static final int SHOWN = 20;

    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();

    void count(String what, long number) {
        counts.put(what, number);
    }

    void add(String what, long number) {
        counts.merge(what, number, Long::sum);
    }

    void violation(String text) {
        violations.add(text);
    }

    List<String> violations() {
        return violations;
    }

    long count(String what) {
        return counts.getOrDefault(what, 0L);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((what, number) -> text.append(String.format("%-24s %d%n", what, number)));
        text.append(String.format("%-24s %d%n", "violations", violations.size()));
        violations.stream()
                .limit(SHOWN)
                .forEach(violation -> text.append("  ").append(violation).append('\n'));
        return text.toString();
    }
}
